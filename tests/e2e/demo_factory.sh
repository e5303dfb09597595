# shellcheck shell=bash disable=SC2154 # the demo sets bin, work
# A factory makes as many units as were ordered, of genuine chips alone, and a station that tries more is found out.
plant=$work/plant
plant_secret=(--passphrase-file "$work/passphrase")

factory() { "$bin/edgekeep-publisher" factory "$@"; }

# new_unit NAME: a device with a chip that has its maker's certificate.
new_unit() {
  start_tpm "$1" >"$work/$1.tpm.log" && "$bin/edgekeep-endow-chip" "$plant/maker" "$work/$1.tpm/socket" && start_device "$1"
}

order_units() {
  mkdir "$plant"
  "$bin/edgekeep-publisher" release keys olga -o "$plant/olga" "${plant_secret[@]}" --key-file-memory 19 --key-file-passes 2 &&
    factory order --product acme/camera --units 2 --station factory.example/line-1 --hardware 1.3.6.1.4.1.99999.1 --keys "$plant/olga" -o "$plant/order" \
      "${plant_secret[@]}"
}

equip_station() {
  factory ca init "$plant/ca" --name "Acme factory" "${plant_secret[@]}" --key-file-memory 19 --key-file-passes 2 &&
    "$bin/edgekeep-publisher" log init "$plant/journal" --origin factory.example/line-1 "${plant_secret[@]}" \
      --key-file-memory 19 --key-file-passes 2
}

# serve_tray JOURNAL DEVICES: until so many devices have their identities; what it says is in the station's log.
serve_tray() {
  mkfifo "$work/ready"
  "$bin/edgekeep-publisher" factory serve --order "$plant/order/order.ekpo" --owner "$plant/olga/olga.holder.json" \
    --tickets "$plant/order/station-1.tickets" --journal "$1" --ca "$plant/ca" --makers "$plant/maker" \
    --listen "unix:$plant/station" --devices "$2" "${plant_secret[@]}" --ready-fd 7 7>"$work/ready" </dev/null \
    >"$plant/sheet" 2>"$plant/station.log" &
  station=$!
  read -r -t 20 <"$work/ready"
  rm "$work/ready"
}

provision() { with_tpm "$1" device provision --station "unix:$plant/station" && with_tpm "$1" device identity -o "$plant/$1.eki"; }

# Two devices at once.
provision_tray() {
  local one
  serve_tray "$plant/journal" 2
  provision camera-1 >"$work/camera-1.said" 2>&1 &
  one=$!
  provision camera-2 && wait "$one" && wait "$station" && cat "$plant/sheet"
}

provision_third() {
  local status=0
  serve_tray "$plant/journal" 1
  with_tpm camera-3 device provision --station "unix:$plant/station" || status=$?
  kill "$station" && wait "$station"
  return "$status"
}

# The station puts its journal back to where no ticket was used, and makes one more.
provision_by_fork() {
  cp -a "$plant/journal.before" "$plant/journal.fork" && serve_tray "$plant/journal.fork" 1 && provision camera-3 && wait "$station"
}

reconcile() {
  factory reconcile --order "$plant/order/order.ekpo" --owner "$plant/olga/olga.holder.json" \
    --stations "$plant/journal/keys/key.policy" --ca "$plant/ca/ca.pem" "$plant/journal" "$@"
}

list_of() { reconcile --list "$plant/$1" --keys "$plant/olga" "${plant_secret[@]}" "${@:2}"; }

verify_units() { verify_unit camera-1 list-1 && verify_unit camera-2 list-1; }

verify_unit() {
  factory verify "$plant/$1.eki" --list "$plant/$2" --owner "$plant/olga/olga.holder.json" \
    --stations "$plant/journal/keys/key.policy" --ca "$plant/ca/ca.pem"
}

found_out() {
  ! list_of list-2 --despite-journals --identity "$plant/camera-3.eki" >"$work/reconciled" && grep -E "$1" "$work/reconciled"
}

no_list() { ! list_of list-3 --identity "$plant/camera-3.eki" >/dev/null && [ ! -e "$plant/list-3" ]; }

does "The product's owner orders two units" order_units
does "A station gets tickets, an authority, a journal" equip_station
cp -a "$plant/journal" "$plant/journal.before"
for unit in 1 2 3; do
  does "Device $unit starts, with a chip that its maker has certified" new_unit "camera-$unit"
done
does "Two of them get their identities, both at once" provision_tray
does "A device that asks again has it already" with_tpm camera-1 device provision --station "unix:$plant/nobody"
refuses over-budget "The third device: two units were ordered" provision_third
does "The order and the journal agree, and the owner signs the list" list_of list-1
does "A verifier takes both identities" verify_units
does "The station puts its journal back and makes the third device after all" provision_by_fork
refuses not-found "A verifier asks the list" verify_unit camera-3 list-1
does "That device shows that the journal was forked, and a ticket used twice" found_out "not-in-journal|ticket-twice"
does "No list is signed of such a journal, unless its owner says so" no_list
refuses untrusted "Its identity, by the list that comes of it" verify_unit camera-3 list-2
