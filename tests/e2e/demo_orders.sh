# shellcheck shell=bash disable=SC2154 # demo_releases.sh sets what this uses
# Who may order a device what, by the policy that it believes; and how it ends.

order() { "$bin/edgekeep-publisher" order "$@" --policy "$home/policy.ektp" --root "$home/1.root.json"; }
retirement() { "$bin/edgekeep-publisher" retirement "$1" "$work/released.ekx" "${@:2}"; }

write_retirement() {
  local id
  id=$(released status --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["device"])')
  order write retire --device "$id" --sequence 1 -o "$home/order"
}

give_retirement() {
  # shellcheck disable=SC2046
  order sign "$home/order" --digest "$(digest_of order show "$home/order")" $(as "$1")
}

copy_disk() { cp -a "$work/released/var/lib/edgekeep/keep" "$home/stolen" && echo "everything but the anchor"; }

# The keep that retired ends with what it had in memory, and another one comes, which has nothing.
retire_released() {
  released device retire "$work/released.eko" --certificate "$work/released.ekx" || return 1
  local tries=0
  until ! released status >"$work/status" 2>&1 && grep -q "was retired" "$work/status"; do
    [ $((tries += 1)) -lt 400 ] && sleep 0.05 || return 1
  done
  first_keep[released]=$(keep_of released)
  tail -n 1 "$work/released/var/lib/edgekeep/keep/journal"
}

put_disk_back() {
  kill "${spawner_of[released]}" && wait "${spawner_of[released]}"
  rm -rf "$work/released/var/lib/edgekeep/keep" && cp -a "$home/stolen" "$work/released/var/lib/edgekeep/keep" &&
    start_device released && run_released
}

license_released() {
  "$bin/edgekeep-publisher" licence issue --publisher "$work/acme" --device "$work/released.ekd" \
    --product acme/label-direction --days 365 -o "$work/again.lic" "${secret[@]}"
}

does "Who can have this device retired: the device knows" released whocan retire
does "Somebody writes the order, for this device alone" write_retirement
does "Alice gives it, on her own machine" give_retirement alice
refuses "too few people signed" "One person's word ends no device" order finish "$home/order" -o "$work/released.eko"
does "Bob gives it too" give_retirement bob
does "That is a quorum" order finish "$home/order" -o "$work/released.eko"
does "A thief copies the device's disk" copy_disk
does "It retires: its anchor forgets, everything is erased, a certificate is signed" retire_released
does "An auditor verifies the certificate, and who gave the order" \
  retirement verify --policy "$home/policy.ektp" --root "$home/1.root.json"
refuses forbidden "The thief puts the disk back" put_disk_back
does "The publisher remembers the identity" retirement remember --publisher "$work/acme"
refuses "the device was retired" "It gets no licence any more" license_released
