# shellcheck shell=bash disable=SC2154 # the demo sets bin, work, engine, models
# What the demo does with its three models, and where it looks for their plaintext. Steps run as conditions, where bash
# ignores `set -e`: each function joins what must succeed by &&.

publisher() { "$bin/edgekeep-publisher" "$@" --publisher "$work/acme" --passphrase-file "$work/passphrase"; }

device() { "$bin/edgekeep" --root "$work/device" "$@"; }

# offer NAME MODEL [VERSION [OPTIONS...]]: a sealed file, with NAME's policy if there is one, and a grant for acme/NAME.
offer() {
  local policy=()
  [ ! -f "$work/$1.policy.json" ] || policy=(--policy "$work/$1.policy.json")
  publisher seal "$2" --product "acme/$1" --version-sequence "${3:-1}" --version "${3:-1}.0" -o "$work/$1.eks" \
    "${policy[@]}" "${@:4}" &&
    publisher grant "$work/$1.eks" -o "$work/$1.ekg"
}

# license NAME FILE [TERMS...]: a licence of acme/NAME for the demo's device.
license() {
  publisher licence issue --device "$work/d.ekd" --product "acme/$1" -o "$2" "${@:3}"
}

# top_shows NAME STATE: in the row of acme/NAME's cell. A session counts as open a little before its cell serves.
top_shows() {
  for _ in $(seq 200); do
    device top --once >"$work/top" && grep "^acme/$1 .* $2 " "$work/top" && return
    sleep 0.05
  done
  return 1
}

# metrics_show SAMPLE
metrics_show() { device metrics >"$work/metrics" && grep -Fx "$1" "$work/metrics"; }

install_model() { device install "$work/$1.eks" "$work/$1.ekg" "$work/$1.lic"; }

read_label() {
  "$bin/label-reader" --root "$work/device" --dictionary "$models/ppocr_keys_v1.txt" examples/label-reader/label.png \
    >"$work/label.txt" &&
    diff "$work/label.txt" examples/label-reader/label.txt &&
    paste -sd'|' "$work/label.txt"
}

# make_input SHAPE: the same numbers as input.npy and input.raw.
make_input() {
  /usr/bin/python3 - "$1" "$work" <<'PYTHON'
import array, sys
shape = [int(d) for d in sys.argv[1].split("x")]
count = 1
for d in shape:
    count *= d
data = array.array("f", (((i * 2654435761) >> 8) % 2000 / 1000 - 1 for i in range(count))).tobytes()
header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {tuple(shape)}, }}".ljust(117) + "\n"
open(sys.argv[2] + "/input.raw", "wb").write(data)
open(sys.argv[2] + "/input.npy", "wb").write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + data)
PYTHON
}

# same_as_plain NAME MODEL SHAPE: protected and unprotected answers, byte for byte.
same_as_plain() {
  rm -rf "$work/answer" "$work/plain.raw"
  make_input "$3" &&
    device run "acme/$1" --input "x=$work/input.npy" --threads 1 --output-dir "$work/answer" &&
    "$bin/edgekeep-plain-run" "$2" "$3" "$work/input.raw" "$work/plain.raw" || return 1
  local size
  size=$(stat -c %s "$work/plain.raw")
  [ "$size" -gt 0 ] && cmp <(tail -c "$size" "$work/answer"/*.npy) "$work/plain.raw" &&
    echo "$size equal bytes, $(cksum <"$work/plain.raw" | cut -d' ' -f1)"
}

has_policy() { device status | grep -A 1 "^acme/$1 " | grep "policy *$2\$"; }

make_tagged() {
  /usr/bin/python3 tools/testmodels/make.py mlp "$work/tagged.onnx" --tagged --set layers=4 --set width=1024 --set batch=1 &&
    stat -c '%s bytes, nearly all of them tagged weights' "$work/tagged.onnx"
}

# Tagged weights have 3A59 in their upper half, in whatever layout an engine brings them.
no_tags_in() { device audit-memory --tag 3a59 --path "$@"; }

tags_in() {
  local status=0
  no_tags_in "$@" || status=$?
  [ "$status" = 1 ]
}

running=
open_tagged() {
  "$bin/edgekeep" --root "$work/device" run acme/tagged --random 1 --repeat 1000000 >/dev/null 2>&1 &
  running=$!
  started+=("$running")
  for _ in $(seq 200); do
    device status | grep -q 'acme/tagged.* 1 open' && break
    sleep 0.05
  done
  device status | grep 'acme/tagged'
}

# The model has 4 x 1024 x 1024 weights; a session counts as open a little before all of them are in the cell.
tags_in_memory() {
  for _ in $(seq 40); do
    device audit-memory --tag 3a59 >"$work/found" || true
    if [ "$(awk '$2 == "found" {n = $1} END {print n + 0}' "$work/found")" -ge 4194304 ]; then
      tail -n 1 "$work/found"
      return 0
    fi
    sleep 0.1
  done
  return 1
}

close_tagged() {
  kill "$running"
  wait "$running" || true
  for _ in $(seq 200); do
    device status | grep -q 'acme/tagged.* 0 open' && break
    sleep 0.05
  done
  device status | grep 'acme/tagged'
}

no_tags_in_memory() { device audit-memory --tag 3a59; }

same_by_path() {
  local program=(/usr/bin/env "ONNXRUNTIME=$engine" "$bin/load-by-path")
  "${program[@]}" "$work/tagged.onnx" 1x1x1024 "$work/by-path.raw" &&
    device exec acme/tagged -- "${program[@]}" '{model}' 1x1x1024 "$work/by-descriptor.raw" &&
    cmp "$work/by-path.raw" "$work/by-descriptor.raw" && stat -c '%s equal bytes' "$work/by-path.raw"
}
