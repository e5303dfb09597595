# shellcheck shell=bash
# Other implementations of TUF that tests and benchmarks compare with: build/deps/tuf/python has python-tuf and
# securesystemslib of Debian 13 (pure Python; what they import besides is the machine's own python3-cryptography and
# python3-requests), build/deps/tuf/node_modules tuf-js from npm. Expects: steps.sh, apt.sh, npm.sh, deps, arch.

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
  local key work package
  key=layout3-python-tuf5-$(digest_of tools/npm/tuf/package-lock.json)
  is_current tuf "$key" && return 0
  say "fetching python-tuf and tuf-js"
  work=$(fresh_directory tuf)
  download_debs "$work" "$arch" "$debian13" python3-tuf python3-securesystemslib
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
  cp tools/npm/tuf/{package.json,package-lock.json} tools/npm/.npmrc "$work"
  prepare_npm "$work"
  (cd "$work" && "${npm[@]}" ci --ignore-scripts --no-audit --no-fund)
  put_in_place "$work/python" "$deps/tuf/python"
  put_in_place "$work/node_modules" "$deps/tuf/node_modules"
  record tuf "$key" tuf/python tuf/node_modules
  rm -rf "$work"
}
