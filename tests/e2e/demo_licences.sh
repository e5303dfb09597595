# shellcheck shell=bash disable=SC2154 # the demo sets bin, work, good
# Licences that end, are renewed, with and without a network, and given back, and what clock games and a restored disk make of that.

leased() { "$bin/edgekeep" --root "$work/leased" "$@"; }
run_leased() { leased run acme/label-direction --random 1; }

# lease NAME OPTION...: a licence for this device. The clock of who issues it may be wrong: "ahead" is by twenty hours.
lease() {
  local output=$work/$1.lic
  shift
  publisher licence issue --device "$work/leased.ekd" --product acme/label-direction -o "$output" "$@"
}
lease_ahead() {
  LD_PRELOAD="$bin/edgekeep-wrong-clock.so" EDGEKEEP_WRONG_CLOCK=72000 lease "$1" --lease 2d --start-charge 0s \
    --transferable "${@:2}" && leased licence install "$work/$1.lic"
}

power_up() {
  stop_all
  start_device leased
}

start_leased() {
  start_device leased && leased device init --trust "$work/acme/publisher.ekt" &&
    leased device show --request -o "$work/leased.ekd"
}
renew() {
  publisher licence renew "$work/renew.ekr" -o "$work/renewed.lic" && leased licence install "$work/renewed.lic"
}
# The server stays until stop_all.
renew_over_network() {
  mkfifo "$work/ready"
  "$bin/edgekeep-publisher" licence serve --publisher "$work/acme" --passphrase-file "$work/passphrase" \
    --listen 127.0.0.1:0 --ready-fd 7 --json 7>"$work/ready" </dev/null >"$work/licence-server.json" 2>"$work/licence-server.log" &
  started+=("$!")
  read -r -t 20 <"$work/ready"
  rm "$work/ready"
  leased device renew-licences >"$work/renewed" --from \
    "http://$(/usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["address"])' "$work/licence-server.json")" &&
    run_leased && cat "$work/renewed"
}
shows() { leased licence show | grep "$1"; }

leased_state=$work/leased/var/lib/edgekeep/keep
put_back() {
  stop_all
  mv "$leased_state" "$work/leased-$2" && mv "$work/leased-$1" "$leased_state" && start_device leased
}
return_after_a_copy() {
  stop_all
  cp -a "$leased_state" "$work/leased-older" && start_device leased &&
    leased licence return --product acme/label-direction -o "$work/receipt.ekr"
}

does "Another device" start_leased
does "A licence with a lease of an hour, of which each power-up costs an hour" \
  lease hour --lease 1h --start-charge 1h --feature two-lines
does "It is installed" leased install "${good[0]}" "${good[1]}" "$work/hour.lic"
does "The model runs" run_leased
does "The device says how much is left" shows "lease for 5[0-9] minutes more\|lease for 60 minutes more"
does "The power goes and comes back" power_up
refuses expired "The lease is over" run_leased
does "A licence server renews it over the network, and the model runs again" renew_over_network
does "The device asks for another one, by a file" leased licence renew-request --product acme/label-direction -o "$work/renew.ekr"
does "The publisher renews it, and the file is brought back" renew
does "The model runs again" run_leased

does "A licence says that it is twenty hours later than this machine's clock" lease_ahead note --clock-behind note
does "The device says that its clock is behind" shows "clock .* hours behind"
does "The model runs, and the clock stretches nothing" run_leased
does "Another one denies where the clock was turned back" lease_ahead deny --clock-behind deny
refuses forbidden "It is denied" run_leased
does "One that does not (control)" lease_ahead again
does "The model runs" run_leased

does "The licence is given back, for a receipt; somebody has copied the disk before" return_after_a_copy
refuses expired "The model does not open any more" run_leased
refuses expired "The licence is installed once more" leased licence install "$work/again.lic"
does "The copy of the state directory is put back" put_back older newer
refuses denied "The device denies everything" run_leased
does "The newer one comes back" put_back newer older
refuses expired "The licence is over as before" run_leased
does "For the receipt another device gets the licence" publisher licence transfer "$work/receipt.ekr" \
  --device "$work/second.ekd" -o "$work/transferred.lic"
refuses "this receipt was used for another device" "A third one gets none" publisher licence transfer "$work/receipt.ekr" \
  --device "$work/d.ekd" -o "$work/never-transferred.lic"
