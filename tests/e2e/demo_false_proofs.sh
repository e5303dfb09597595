# shellcheck shell=bash disable=SC2154 # demo_releases.sh sets what this uses
# Further proofs of the demo's release that a device must not believe. The metadata is the real one each time; the real proof,
# which follows, is the control of each.

publish_from() {
  local repository=$home/scratch log=$home/$1
  shift
  rm -rf "$repository" && cp -a "$home/before" "$repository" && publish --log "$log" "$@"
}

prove_from() {
  local log=$home/$2 name=$1
  shift 2
  proved_by "$name" "$@"
}

# A second history of the same log, under the same keys: the operator put back an older copy, and went on from there.
fork_log() {
  local log=$home/log-fork
  local repository=$home/before
  cp -a "$home/log-before" "$log" && submit && submit --again && judge
}

cosign_fork() {
  local log=$home/log-fork
  cosign
}

# The witness's lines under the true history, below the false one.
borrow_cosignatures() {
  grep -a '^— witness' "$log/public/checkpoint" >>"$home/log-fork/public/checkpoint" && prove_from forked log-fork "${unseen[@]}"
}

in_2099=("LD_PRELOAD=$bin/edgekeep-wrong-clock.so" "EDGEKEEP_WRONG_CLOCK=$((4070908800 - $(date +%s)))")

# A witness with the true one's keys, whose clock is 73 years ahead; it has not seen this log before.
witness_in_2099() {
  cp -a "$home/log-unseen" "$home/log-2099" && start_witness "$home/witness-of-2099" env "${in_2099[@]}" || return 1
  demand_witness "$home/2099.policy"
}

cosign_by_2099() {
  local log=$home/log-2099
  cosign "$home/2099.policy"
}

# The clock of the log's keeper says the same.
cosign_in_2099() {
  (export "${in_2099[@]}" && cosign_by_2099) && prove_from in-2099 log-2099 "${unseen[@]}"
}

does "The log's operator goes on from an older copy: a fork, rightly signed and judged" fork_log
refuses "signed by nobody .*log: no quorum of cosigners" "The witness, which saw the other history, cosigns none of it" cosign_fork
does "What it signed of that one is put under the fork's checkpoint" borrow_cosignatures
refuses bad-signature "The device refuses the proof from the forked log" from_repository "$home/forked"
does "The clock of a witness says 2099" witness_in_2099
refuses "signed by nobody .*log: no quorum of cosigners" "The log does not take what it cosigned" cosign_by_2099
does "A log whose clock says 2099 too does (control)" cosign_in_2099
refuses "log: no quorum of cosigners" "The service does not publish with that" publish_from log-2099 "${seen[@]}"
refuses untrusted "The device does not count a cosignature from the year 2099" from_repository "$home/in-2099"
