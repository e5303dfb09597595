# shellcheck shell=bash disable=SC2154 # the demo sets bin, work, engine, models
# A device whose keys a TPM makes (swtpm, a simulator: its socket lies in a directory of the keep's user alone), and what
# its disk is worth with another TPM.

with_tpm() { "$bin/edgekeep" --root "$work/$1" "${@:2}"; }

# start_tpm NAME: a new chip, the anchor of device NAME from its first start on.
start_tpm() {
  local chip=$work/$1.tpm
  mkdir -m 700 "$chip" && mkdir "$work/$1"
  swtpm socket --tpm2 --tpmstate "dir=$chip" --server "type=unixio,path=$chip/socket" \
    --ctrl "type=unixio,path=$chip/control" --flags not-need-init,startup-clear </dev/null >"$chip/log" 2>&1 &
  chips+=("$!")
  for _ in $(seq 400); do
    [ ! -S "$chip/socket" ] || break
    sleep 0.05
  done
  chown edgekeep-keep "$chip" "$chip/socket" && with_tpm "$1" device anchor "tpm2:$chip/socket"
}

start_anchored() { start_tpm anchored && "$bin/edgekeep-endow-chip" "$work/maker" "$work/anchored.tpm/socket"; }

# What the first device's request is for the others; this one has its own.
license_anchored() {
  with_tpm anchored device show --request -o "$work/anchored.ekd" &&
    publisher licence issue --device "$work/anchored.ekd" --product acme/label-direction -o "$work/anchored.lic"
}

run_anchored() { with_tpm anchored run acme/label-direction --random 1; }

# The thief's own device, with its own chip and everything of the disk but the choice of a chip.
start_clone() {
  local state=var/lib/edgekeep status=0
  start_tpm clone && cp -a "$work/anchored/$state/keep" "$work/clone/$state/" &&
    cp -a "$work/anchored/$state/anchor/tpm2-anchor" "$work/clone/$state/anchor/" || return 2
  timeout 30 "$bin/edgekeep-spawner" --root "$work/clone" --libexec "$bin" --engine "$engine" </dev/null \
    >"$work/clone.log" 2>&1 || status=$?
  sed -n 's/^edgekeep-keep: \(tpm2: \)/edgekeep: \1/p' "$work/clone.log"
  return "$status"
}

verifier() { "$bin/edgekeep-publisher" attest "$@"; }

# The device shows by its chip that it is the one whose keys these are, once.
enrol_anchored() {
  with_tpm anchored device show --attestation-keys -o "$work/anchored.ekk" &&
    verifier enrol begin "$work/anchored.ekk" --challenge "$work/anchored.secret" -o "$work/anchored.eka" --makers "$work/maker/maker.pem" &&
    with_tpm anchored device attest --activation "$work/anchored.eka" -o "$work/anchored.answer" &&
    verifier enrol finish "$work/anchored.answer" --keys "$work/anchored.ekk" --challenge "$work/anchored.secret" -o "$work/anchored.eke" --makers "$work/maker/maker.pem"
}

# ask NAME DEVICE: a fresh challenge, and what the device answers.
ask() {
  verifier challenge -o "$work/$1.ekc" && with_tpm "$2" device attest --challenge "$work/$1.ekc" -o "$work/$1.ekv"
}

# judge EVIDENCE CHALLENGE: by what is known of the device with the chip; the first check that fails is the last line.
judge() {
  local status=0
  verifier verify "$work/$1.ekv" --challenge "$work/$2.ekc" --enrolment "$work/anchored.eke" >"$work/judged" || status=$?
  grep -m 1 believed "$work/judged"
  sed -n 's/^ *\([a-z-]*\) *FAILS, /edgekeep: \1: /p' "$work/judged" | head -n 1
  return "$status"
}

does "A TPM is chosen, before the device's first start" start_anchored
does "The device starts: keys are made in the chip" start_device anchored
does "It takes the trust bundle, and its anchor is the TPM" \
  with_tpm anchored device init --trust "$work/acme/publisher.ekt" --anchor tpm2
does "It is licensed, by a request that only this chip can sign" license_anchored
does "acme/label-direction is installed" with_tpm anchored install "${good[0]}" "${good[1]}" "$work/anchored.lic"
does "It runs" run_anchored
does "A verifier enrols it: an activation that only its chip can answer" enrol_anchored
does "It answers a challenge: boot state, versions, releases, signed by the chip" ask now anchored
does "Its evidence is believed: every check holds" judge now now
does "Another challenge is made" ask next anchored
refuses "nonce: untrusted" "The older answer to it" judge now next
does "Another device answers a challenge as well" ask others device
refuses "signature: untrusted" "That answer in its place" judge others others
refuses "tpm2: this TPM's non-volatile memory is another|tpm2: not the TPM" \
  "The whole disk of it, in a device with another TPM" start_clone
does "With its own TPM it still runs (control)" run_anchored
