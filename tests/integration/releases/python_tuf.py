"""One download by python-tuf: python_tuf.py METADATA_DIRECTORY TARGETS_DIRECTORY URL TARGET [also-ml-dsa]"""
import sys

from securesystemslib.signer import KEY_FOR_TYPE_AND_SCHEME, SSlibKey
from tuf.ngclient import Updater

metadata, targets, url, target, *more = sys.argv[1:]
if more:
    # securesystemslib's registry of types of key, which applications add to. SSlibKey verifies none of ML-DSA.
    KEY_FOR_TYPE_AND_SCHEME["ml-dsa", "ml-dsa-65/1"] = SSlibKey
updater = Updater(metadata, f"{url}/metadata/", target_dir=targets, target_base_url=f"{url}/targets/")
found = updater.get_targetinfo(target)
if found is None:
    sys.exit("no such target")
updater.download_target(found)
