# shellcheck shell=bash
# build/deps/tuf/python: python-tuf and securesystemslib of Debian 13, another implementation of TUF that tests and
# benchmarks compare with. Pure Python; what they import besides is the machine's own python3-cryptography.
# Expects: steps.sh, apt.sh, deps, arch.

# Debian 12's python3-cryptography knows two types by their former names; securesystemslib uses them in hints only.
old_cryptography() {
  cat <<'END'
from cryptography.hazmat.primitives.asymmetric import types

for name, former in (("PrivateKeyTypes", "PRIVATE_KEY_TYPES"), ("PublicKeyTypes", "PUBLIC_KEY_TYPES")):
    if not hasattr(types, name):
        setattr(types, name, getattr(types, former))
END
}

provide_tuf_peers() {
  local key=layout2-python-tuf5 work package
  is_current tuf "$key" && return 0
  say "fetching python-tuf"
  work=$(fresh_directory tuf)
  download_debs "$work" "$arch" trixie python3-tuf python3-securesystemslib
  mkdir -p "$work/python"
  for package in tuf securesystemslib; do
    mv "$work/python3-$package/usr/lib/python3/dist-packages/$package" "$work/python/"
  done
  old_cryptography >"$work/python/sitecustomize.py"
  PYTHONPATH=$work/python /usr/bin/python3 -B - <<'END'
import tuf, tuf.ngclient, securesystemslib.signer
assert tuf.__version__.startswith("5."), tuf.__version__
securesystemslib.signer.CryptoSigner.generate_ed25519()
END
  put_in_place "$work/python" "$deps/tuf/python"
  record tuf "$key" tuf/python
  rm -rf "$work"
}
