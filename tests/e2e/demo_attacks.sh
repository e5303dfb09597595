# shellcheck shell=bash
# The demo's attacks: each is refused, and where it matters a control shows that only the attack was missing.

# flip FILE OFFSET: one bit, in place.
flip() {
  /usr/bin/python3 - "$1" "$2" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(int(sys.argv[2]))
    byte = file.read(1)[0]
    file.seek(int(sys.argv[2]))
    file.write(bytes([byte ^ 0x10]))
PYTHON
}

# flipped FILE: a copy with one bit flipped in its middle.
flipped() {
  cp "$1" "$work/flipped"
  flip "$work/flipped" $(($(stat -c %s "$1") / 2))
  echo "$work/flipped"
}

run_direction() { device run acme/label-direction --random 1; }

good=("$work/label-direction.eks" "$work/label-direction.ekg" "$work/label-direction.lic")

second() { "$bin/edgekeep" --root "$work/second" "$@"; }

copy_state_to_second() {
  second device init --trust "$work/acme/publisher.ekt"
  second device show --request -o "$work/second.ekd"
  stop_all
  rm -rf "$work/second/var/lib/edgekeep/keep"
  cp -a "$work/device/var/lib/edgekeep/keep" "$work/second/var/lib/edgekeep/keep"
  start_device device
  start_device second
}

does "A second device is made; then the first one's state directory is copied over its own" \
  eval 'start_device second && copy_state_to_second'
refuses "The second device cannot use the copy" second run acme/label-direction --random 1
does "The first device still can (control)" run_direction

refuses "One flipped byte in the sealed file" device install "$(flipped "${good[0]}")" "${good[1]}" "${good[2]}"
refuses "One flipped byte in the grant" device install "${good[0]}" "$(flipped "${good[1]}")" "${good[2]}"
refuses "One flipped byte in the licence" device install "${good[0]}" "${good[1]}" "$(flipped "${good[2]}")"
refuses "One flipped byte in the trust bundle" second device init --trust "$(flipped "$work/acme/publisher.ekt")"
refuses "One flipped byte in the device request" publisher licence issue --device "$(flipped "$work/d.ekd")" \
  --product acme/label-direction -o "$work/never.lic"
does "The unflipped three install (control)" device install "${good[@]}"

for file in $(find "$work/device/var/lib/edgekeep/keep" -path '*label-direction*' -type f | sort); do
  flip "$file" $(($(stat -c %s "$file") / 2))
  case $file in
    *prepared* | *record.*) does "One flipped byte in $(basename "$file"): mended from what is sound" run_direction ;;
    *) refuses "One flipped byte in $(basename "$file") on the device's disk" run_direction ;;
  esac
  does "  … installed again, it works (control)" eval 'device install "${good[@]}" && run_direction'
done

does "The second device is licensed too" publisher licence issue --device "$work/second.ekd" \
  --product acme/label-direction -o "$work/second.lic"
refuses "Its licence does not serve the first" device install "${good[0]}" "${good[1]}" "$work/second.lic"
does "A licence that ended long ago" license label-direction "$work/old.lic" --not-before 2001-01-01 --expires 2002-01-01
refuses "It is refused" device install "${good[0]}" "${good[1]}" "$work/old.lic"

# 2002-01-01 as CBOR has it; the edit moves the end to 2069.
edit_terms() {
  /usr/bin/python3 - "$work/old.lic" "$work/edited.lic" <<'PYTHON'
import sys
licence = open(sys.argv[1], "rb").read()
end = bytes.fromhex("1a3c30fc00")
assert licence.count(end) == 1
open(sys.argv[2], "wb").write(licence.replace(end, bytes.fromhex("1abc30fc00")))
PYTHON
}
does "Its end is edited to 2069" edit_terms
refuses "Edited terms are refused" device install "${good[0]}" "${good[1]}" "$work/edited.lic"

does "A stranger who took the name acme seals a model" eval '
  "$bin/edgekeep-publisher" publisher init "$work/stranger" --name acme --passphrase-file "$work/passphrase" &&
  "$bin/edgekeep-publisher" seal "$direction" --product acme/label-direction --version-sequence 2 --version 2.0 \
    -o "$work/stranger.eks" --publisher "$work/stranger" --passphrase-file "$work/passphrase"'
refuses "The device does not believe it" device install "$work/stranger.eks" "${good[1]}" "${good[2]}"

does "Somebody who knows the epoch key forges segments that decrypt rightly" "$bin/edgekeep-forge" "$work/acme" \
  "$work/passphrase" "${good[0]}" "${good[1]}" "$work/forged.eks"
refuses "The author's signatures do not cover them" device install "$work/forged.eks" "${good[1]}" "${good[2]}"

refuses "Another user of the machine asks for a model" setpriv --reuid nobody --regid nogroup --clear-groups \
  "$bin/edgekeep" --root "$work/device" run acme/label-direction --random 1
does "In group edgekeep the same user may (control)" setpriv --reuid nobody --regid nogroup --groups edgekeep \
  "$bin/edgekeep" --root "$work/device" run acme/label-direction --random 1
refuses "… but administers nothing" setpriv --reuid nobody --regid nogroup --groups edgekeep \
  "$bin/edgekeep" --root "$work/device" status
