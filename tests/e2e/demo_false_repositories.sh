# shellcheck shell=bash disable=SC2154 # demo_releases.sh sets what this uses
# Repositories that a device must not believe, though the service's keys signed them: each is a copy of the real one, and
# the real one is the control.

copy_repository() { rm -rf "${home:?}/$1" && cp -a "$repository" "$home/$1"; }

# signed_by NAME HOLDER=KEYS... [STEP]: a copy whose release only these approved, its timestamp so many versions later.
signed_by() {
  copy_repository "$1" && /usr/bin/python3 tests/e2e/hostile_repository.py "$home/$1" "$2" "${3:-1}" "$bin/edgekeep-sign" \
    "$home/online" "$work/passphrase"
}

# shellcheck disable=SC2046
renew() { release renew "$repository" --root "$home/1.root.json" $(as online); }

# Twice: the false one took the next number.
install_renewed() { renew && renew && from_repository; }

install_renewed_after_two() { renew && install_renewed; }

# A service that was last seen ten days ago; a timestamp holds for seven.
freeze() {
  copy_repository frozen
  env LD_PRELOAD="$bin/edgekeep-wrong-clock.so" EDGEKEEP_WRONG_CLOCK=$((-10 * 86400)) "$bin/edgekeep-publisher" release renew \
    "$home/frozen" --root "$home/1.root.json" --keys "$home/online" "${secret[@]}"
}

release_second() {
  publisher seal "$direction" --product acme/label-direction --version-sequence 2 --version 2.0 -o "${files[0]}" &&
    publisher grant "${files[0]}" -o "${files[1]}" && propose 2 2 && approve alice && approve bob && submit && judge &&
    cosign && publish --log "$log" "${seen[@]}"
}

# The new timestamp over the snapshot of before.
mix() {
  local metadata=$home/mixed/metadata
  copy_repository mixed && cp "$metadata/1.snapshot.json" "$metadata/2.snapshot.json"
}

install_first() {
  local files=("$work/label-direction.eks" "$work/label-direction.ekg")
  from_repository "$repository" --release acme/label-direction/stable/1
}

does "The service's keys are stolen; the release keeps one signature, Alice's" signed_by one-approver alice=1
refuses bad-signature "One approver is not enough for the device" from_repository "$home/one-approver"
does "The release keeps both of Alice's signatures" signed_by alone alice=2 2
refuses bad-signature "Two keys of one person are one person" from_repository "$home/alone"
does "With Bob's signatures it is accepted (control of both)" install_renewed_after_two
does "Bob's signature of the later class is taken away" signed_by one-class alice=2,bob=1
refuses bad-signature "One class of algorithms is not enough" from_repository "$home/one-class"
does "With both classes it is accepted (control)" install_renewed
does "A repository is held still for ten days" freeze
refuses expired "The device does not believe a frozen repository" from_repository "$home/frozen"
does "Renewed, it is accepted (control)" install_renewed

files=("$work/direction-2.eks" "$work/direction-2.ekg")
proposal=$home/proposal-2
does "A second release closes a hole: security epoch 2" release_second
does "Its timestamp is put over the snapshot of the release before" mix
refuses malformed "The device refuses a mixed repository" from_repository "$home/mixed"
does "Unmixed, it is accepted (control)" from_repository
refuses wrong-version "The first release is of a security epoch below the floor now" install_first
does "The second one installs again (control)" from_repository
does "It runs" released run acme/label-direction --random 1
