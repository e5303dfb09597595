# shellcheck shell=bash
# build/deps/onnxruntime/include: the C header of ONNX Runtime's interface version 21, which every later library serves.
# Expects: steps.sh, apt.sh, deps, arch.

provide_onnxruntime_headers() {
  local key=layout1-interface21 work
  is_current onnxruntime-headers "$key" && return 0
  say "fetching ONNX Runtime's headers"
  work=$(fresh_directory onnxruntime-headers)
  download_debs "$work" "$arch" "$debian13" libonnxruntime-dev
  grep -qx '#define ORT_API_VERSION 21' "$work/libonnxruntime-dev/usr/include/onnxruntime/onnxruntime_c_api.h" ||
    refuse "Debian 13's libonnxruntime-dev is no longer interface version 21"
  put_in_place "$work/libonnxruntime-dev/usr/include/onnxruntime" "$deps/onnxruntime/include"
  record onnxruntime-headers "$key" onnxruntime/include
  rm -rf "$work"
}
