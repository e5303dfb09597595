"""One refresh by python-tuf: refresh.py METADATA_DIRECTORY METADATA_URL"""
import sys

from tuf.ngclient import Updater

Updater(sys.argv[1], sys.argv[2]).refresh()
