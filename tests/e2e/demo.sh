#!/usr/bin/env bash
# The main job on a real model, end to end, then attacks; each step is one line of plain words and the evidence for it.
# Run by script/demo, which builds what this needs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/e2e/demo_steps.sh
. tests/e2e/demo_steps.sh

bin=$PWD/build/release/bin
models=$PWD/build/deps/models/ocr
engine=$PWD/build/deps/onnxruntime/lib/libonnxruntime.so.1
work=$(mktemp -d)
chmod 755 "$work"
trap finish EXIT

publisher() { "$bin/edgekeep-publisher" "$@" --publisher "$work/acme" --passphrase-file "$work/passphrase"; }
device() { "$bin/edgekeep" --root "$work/device" "$@"; }
second() { "$bin/edgekeep" --root "$work/second" "$@"; }

title "A publisher and a device"
(umask 077 && head -c 24 /dev/urandom | base64 >"$work/passphrase")
does "A publisher makes its keys, under a passphrase" \
  "$bin/edgekeep-publisher" publisher init "$work/acme" --name acme --passphrase-file "$work/passphrase"
does "A device starts: spawner (root), keep (its own user, no network)" start_device device
does "It takes the publisher's trust bundle and makes its keys" device device init --trust "$work/acme/publisher.ekt"
does "It hands out its device request" device device show --request -o "$work/d.ekd"

title "Sealing, licensing, installing three models that read labels"
for model in detect:ch_PP-OCRv4_det_infer direction:ch_ppocr_mobile_v2.0_cls_infer ocr:ch_PP-OCRv4_rec_infer; do
  name=${model%%:*} file=$models/${model##*:}.onnx
  does "acme/label-$name: sealed, $(stat -c %s "$file") bytes of model" \
    publisher seal "$file" --product "acme/label-$name" --version-sequence 1 --version 1.0 -o "$work/$name.eks"
  does "  … granted" publisher grant "$work/$name.eks" -o "$work/$name.ekg"
  does "  … licensed to this device for a year" \
    publisher licence issue --device "$work/d.ekd" --product "acme/label-$name" --days 365 -o "$work/$name.lic"
  does "  … installed: verified, re-sealed under keys of this device only" \
    device install "$work/$name.eks" "$work/$name.ekg" "$work/$name.lic"
done

title "The main job"
does "The label's text, read through the protected path only" read_label
does "Bit for bit what the unprotected engine answers" same_as_plain

title "Where the model is, and where it is not"
does "A model whose weights carry tags is sealed and installed" install_tagged
does "The tags are in the plain model file (the scan works)" tags_in_file "$work/tagged.onnx"
for file in "$work/tagged.eks" "$work/device/var/lib/edgekeep"; do
  refuses "They are not in $(basename "$file")" tags_in_file "$file"
done
does "They are in the running cell's memory (the control)" tags_in_running_cell
refuses "After close they are in no process of ours" tags_in_memory

title "Attacks"
. tests/e2e/demo_attacks.sh
