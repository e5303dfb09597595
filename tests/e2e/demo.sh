#!/usr/bin/env bash
# The main job on a real model, end to end, then attacks; each step is one line of plain words and the evidence for it.
# Run by script/demo, which builds what this needs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

bin=$PWD/build/release/bin
models=$PWD/build/deps/models/ocr
engine=$PWD/build/deps/onnxruntime/lib/libonnxruntime.so.1
work=$(mktemp -d)
chmod 755 "$work"
# shellcheck source=tests/e2e/demo_steps.sh
. tests/e2e/demo_steps.sh
# shellcheck source=tests/e2e/demo_models.sh
. tests/e2e/demo_models.sh
trap finish EXIT

detect=$models/ch_PP-OCRv4_det_infer.onnx
direction=$models/ch_ppocr_mobile_v2.0_cls_infer.onnx
ocr=$models/ch_PP-OCRv4_rec_infer.onnx

title "A publisher and a device"
(umask 077 && head -c 24 /dev/urandom | base64 >"$work/passphrase")
does "A publisher makes its keys, under a passphrase" \
  "$bin/edgekeep-publisher" publisher init "$work/acme" --name acme --passphrase-file "$work/passphrase"
does "A device starts: a small root spawner, and the keep as its own user, without network" start_device device
does "It takes the publisher's trust bundle and makes its keys" device device init --trust "$work/acme/publisher.ekt"
does "It says who it is" device device show --request -o "$work/d.ekd"

title "Three models that read labels"
echo '{"threads": 2, "memory_budget": 134217728}' >"$work/label-direction.policy.json"
for pair in "label-detect:$detect" "label-direction:$direction" "label-ocr:$ocr"; do
  name=${pair%%:*} file=${pair#*:}
  does "acme/$name: sealed and granted ($(stat -c %s "$file") bytes of model)" offer "$name" "$file"
  does "acme/$name: licensed to this device, for a year" license "$name" "$work/$name.lic" --days 365
  does "acme/$name: installed: verified, re-sealed under keys of this device only" install_model "$name"
done
does "What is here" device status

title "The main job"
does "The text on a picture of a label, read through the protected path only" read_label
does "acme/label-detect answers bit for bit as the unprotected engine" same_as_plain label-detect "$detect" 1x3x320x320
does "acme/label-direction likewise" same_as_plain label-direction "$direction" 1x3x48x192
does "acme/label-ocr likewise" same_as_plain label-ocr "$ocr" 1x3x48x320
does "acme/label-direction has the policy that was sealed with it" \
  has_policy label-direction "threads 2, memory_budget 134217728"
refuses too-large "An application wants more threads than that policy allows" \
  device run acme/label-direction --random 1 --threads 3

title "Guarding what a model answers"
echo '{"output_guard": {"decimals": 2}, "receipts": true}' >"$work/policy.json"
does "acme/guarded: rounded scores and receipts, by a policy sealed with it" offer guarded "$direction" 1 --policy "$work/policy.json"
does "It is licensed for three calls in all" license guarded "$work/guarded.lic" --calls 3
does "It is installed" install_model guarded
does "It answers, rounded, with a receipt signed by this device" \
  device run acme/guarded --random 1 --shape x=1,3,48,192 --receipt "$work/r.ekr"
does "Anybody can check the receipt, and that it is about these tensors" \
  "$bin/edgekeep-publisher" receipt verify "$work/r.ekr" --request "$work/d.ekd" --inputs "$work/r.ekr.inputs" --outputs "$work/r.ekr.outputs"
refuses "these are not the tensors" "The same receipt for other outputs" \
  "$bin/edgekeep-publisher" receipt verify "$work/r.ekr" --request "$work/d.ekd" --outputs "$work/r.ekr.inputs"
does "One call is left" device run acme/guarded --random 1 --shape x=1,3,48,192
refuses over-budget "A fourth call" device run acme/guarded --random 1 --shape x=1,3,48,192

title "Where a model is, and where it is not"
does "A model whose every weight carries a tag" make_tagged
does "The scan finds the tags in the plain file (control)" tags_in "$work/tagged.onnx"
does "It finds none in the engine's own library (control)" no_tags_in "$(readlink -f "$engine")"
does "It is sealed and granted" offer tagged "$work/tagged.onnx"
does "No tag in the sealed file" no_tags_in "$work/tagged.eks"
does "It is licensed" license tagged "$work/tagged.lic" --days 1
does "It is installed" install_model tagged
does "No tag in the slots, nor anywhere in the state directory" no_tags_in "$work/device/var/lib/edgekeep"
does "It is opened and computes" open_tagged
does "The operator sees it serving, and how many calls it answered" top_shows tagged serving
does "Prometheus sees the same" metrics_show 'edgekeep_cells{product="acme/tagged",state="serving"} 1'
does "The same scan finds the tags in the running cell (control)" tags_in_memory
does "It is closed" close_tagged
does "No tag in the memory of any of our processes" no_tags_in_memory
does "No tag on the disk either" no_tags_in "$work/device"

title "A program that can load a model from a file only"
refuses forbidden "It gets nothing: the licence does not allow export" device exec acme/tagged -- cat '{model}'
does "The publisher gives up that much, for this device" license tagged "$work/export.lic" --days 1 --allow-export
does "It is installed" device install "$work/tagged.eks" "$work/tagged.ekg" "$work/export.lic"
does "A program that knows nothing of Edgekeep finds the very bytes" \
  device exec acme/tagged -- cmp '{model}' "$work/tagged.onnx"
does "One that has ONNX Runtime load a file computes as from the plain one" same_by_path
does "No tag in the memory of any of our processes afterwards" no_tags_in_memory
does "No tag on the disk either" no_tags_in "$work/device"

title "What applications store"
# shellcheck source=tests/e2e/demo_values.sh
. tests/e2e/demo_values.sh

title "Attacks"
# shellcheck source=tests/e2e/demo_attacks.sh
. tests/e2e/demo_attacks.sh

title "A device with a TPM"
# shellcheck source=tests/e2e/demo_tpm.sh
. tests/e2e/demo_tpm.sh
# shellcheck source=tests/e2e/demo_owner.sh
. tests/e2e/demo_owner.sh

title "A factory"
# shellcheck source=tests/e2e/demo_factory.sh
. tests/e2e/demo_factory.sh

title "A release by five people"
# shellcheck source=tests/e2e/demo_releases.sh
. tests/e2e/demo_releases.sh

title "Licences without a network"
# shellcheck source=tests/e2e/demo_licences.sh
. tests/e2e/demo_licences.sh
