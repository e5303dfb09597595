# shellcheck shell=bash disable=SC2154 # the demo sets bin, work, engine, models
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
  second device init --trust "$work/acme/publisher.ekt" &&
    second device show --request -o "$work/second.ekd" || return 1
  stop_all
  rm -rf "$work/second/var/lib/edgekeep/keep"
  cp -a "$work/device/var/lib/edgekeep/keep" "$work/second/var/lib/edgekeep/keep" &&
    start_device device && start_device second
}

does "A second device starts" start_device second
refuses bad-signature "It refuses a trust bundle with one flipped byte" \
  second device init --trust "$(flipped "$work/acme/publisher.ekt")"
does "It takes the right one; then the first device's state directory is copied over its own" copy_state_to_second
refuses denied "The second device cannot use the copy" second run acme/label-direction --random 1
does "The first device still can (control)" run_direction

refuses denied "One flipped byte in the sealed file" device install "$(flipped "${good[0]}")" "${good[1]}" "${good[2]}"
refuses bad-signature "One flipped byte in the grant" device install "${good[0]}" "$(flipped "${good[1]}")" "${good[2]}"
refuses bad-signature "One flipped byte in the licence" device install "${good[0]}" "${good[1]}" "$(flipped "${good[2]}")"
refuses "a required signature is missing or wrong" "One flipped byte in the device request" publisher licence issue \
  --device "$(flipped "$work/d.ekd")" --product acme/label-direction -o "$work/never.lic"
does "The unflipped three install (control)" device install "${good[@]}"

state=$work/device/var/lib/edgekeep/keep

# stored KIND: the files of that kind on the device's disk; of those that belong to a product, label-direction's.
stored() {
  case $1 in
    device | trust | journal | time) find "$state" -name "$1" -type f ;;
    *) find "$state" -path '*label-direction*' -name "$1.*" -type f ;;
  esac
}

# flip_stored KIND [COUNT]: one bit in the middle of each file of that kind, or of COUNT of them, while the device is off.
flip_stored() {
  local file count=0
  stop_all
  for file in $(stored "$1" | sort | head -n "${2:-9}"); do
    flip "$file" $(($(stat -c %s "$file") / 2)) && echo "$file" && count=$((count + 1))
  done
  start_device device >/dev/null && start_device second >/dev/null && [ "$count" -gt 0 ]
}

# Without the prepared form the canonical package is what opening reads. While the device is off: it may just be making
# a new form.
flip_canonical() {
  stop_all
  stored prepared | xargs rm && flip_stored canonical
}

flip_records() {
  stop_all
  find "$state" -name state.0 -delete
  flip_stored record
}

# What a thief copied before the last change comes back, and goes again.
put_older_state_back() {
  stop_all
  cp -a "$state" "$work/older-state"
  start_device device >/dev/null && start_device second >/dev/null && install_and_run
  stop_all
  mv "$state" "$work/newer-state" && mv "$work/older-state" "$state"
  start_device device >/dev/null && start_device second >/dev/null
}
put_newer_state_back() {
  stop_all
  rm -r "$state" && mv "$work/newer-state" "$state"
  start_device device >/dev/null && start_device second >/dev/null
}

install_and_run() { device install "${good[@]}" && run_direction; }

for kind in device trust; do
  does "One byte is flipped in the $kind file on the device's disk" flip_stored "$kind"
  refuses denied "The device does not open its models" run_direction
  does "Flipped back" flip_stored "$kind"
  does "It opens them (control)" run_direction
done

does "One byte is flipped in the licence on the device's disk" flip_stored licence
refuses denied "The device does not open the model" run_direction
does "Installed again, it works (control)" install_and_run
does "One byte is flipped in the prepared form" flip_stored prepared
refuses denied "The device does not open it" run_direction
does "It opens all the same, and makes a new one by itself" run_direction
does "The prepared form goes, and one byte is flipped in the canonical package" flip_canonical
refuses denied "The device does not open it" run_direction
does "Installed again, it works (control)" install_and_run
does "One byte is flipped in one of the two commit records" flip_stored record 1
does "The other one mends it" run_direction
does "One byte is flipped in both, and the copy of the state goes that repeats the last change" flip_records
refuses denied "The device does not open the model" run_direction
does "Installed again, it works (control)" install_and_run
does "One byte is flipped in the journal, which nothing reads back" flip_stored journal
does "The device opens its models" run_direction

does "A copy of the whole state is put back that is older than the last change" put_older_state_back
refuses denied "The device denies everything: its anchor has counted on" run_direction
does "The newer one comes back" put_newer_state_back
does "It opens its models (control)" run_direction

time_is_remade() {
  run_direction && tail -n 20 "$work/device/var/lib/edgekeep/keep/journal" | grep 'read the stored time: denied'
}
does "One byte is flipped in the stored time" flip_stored time
does "That is noted, and the floor begins anew with the licences' times" time_is_remade

does "The second device is licensed too" publisher licence issue --device "$work/second.ekd" \
  --product acme/label-direction -o "$work/second.lic"
refuses wrong-device "Its licence does not serve the first" device install "${good[0]}" "${good[1]}" "$work/second.lic"
does "A licence that ended long ago" license label-direction "$work/old.lic" --not-before 2001-01-01 --expires 2002-01-01
refuses expired "It is refused" device install "${good[0]}" "${good[1]}" "$work/old.lic"

# The end of 2002-01-01 as CBOR has it; the edit moves it to 2070.
edit_terms() {
  /usr/bin/python3 - "$work/old.lic" "$work/edited.lic" <<'PYTHON'
import sys
licence = open(sys.argv[1], "rb").read()
end = bytes.fromhex("1a3c324d80")
assert licence.count(end) == 1
open(sys.argv[2], "wb").write(licence.replace(end, bytes.fromhex("1abc324d80")))
PYTHON
}
does "Its end is edited to 2070" edit_terms
refuses bad-signature "Edited terms are refused" device install "${good[0]}" "${good[1]}" "$work/edited.lic"

stranger_seals() {
  "$bin/edgekeep-publisher" publisher init "$work/stranger" --name acme --passphrase-file "$work/passphrase" &&
    "$bin/edgekeep-publisher" seal "$direction" --product acme/label-direction --version-sequence 2 --version 2.0 \
      -o "$work/stranger.eks" --publisher "$work/stranger" --passphrase-file "$work/passphrase"
}
does "A stranger who took the name acme seals a model" stranger_seals
refuses untrusted "The device does not believe it" device install "$work/stranger.eks" "${good[1]}" "${good[2]}"

does "Somebody who knows the epoch key forges segments that decrypt rightly" "$bin/edgekeep-forge" "$work/acme" \
  "$work/passphrase" "${good[0]}" "${good[1]}" "$work/forged.eks"
refuses denied "The author's signatures do not cover them" device install "$work/forged.eks" "${good[1]}" "${good[2]}"

refuses forbidden "Another user of the machine asks for a model" setpriv --reuid nobody --regid nogroup --clear-groups \
  "$bin/edgekeep" --root "$work/device" run acme/label-direction --random 1
does "In group edgekeep the same user may (control)" setpriv --reuid nobody --regid nogroup --groups edgekeep \
  "$bin/edgekeep" --root "$work/device" run acme/label-direction --random 1
refuses forbidden "… but administers nothing" setpriv --reuid nobody --regid nogroup --groups edgekeep \
  "$bin/edgekeep" --root "$work/device" status
