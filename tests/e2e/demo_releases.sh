# shellcheck shell=bash disable=SC2154 # the demo sets bin, work, engine, models
# The demo's release: five people, a notary, a log and its witness; a device that believes nothing less.

people=(alice bob carol dave erin)
home=$work/people
# What the steps are about; `local` puts others in their place for one step.
repository=$home/repository
log=$home/log
proposal=$home/proposal
secret=(--passphrase-file "$work/passphrase")

released() { "$bin/edgekeep" --root "$work/released" "$@"; }
release() { "$bin/edgekeep-publisher" release "$@"; }
policy() { "$bin/edgekeep-publisher" policy "$@"; }

# as NAME: that person's own keys.
as() { echo "--keys" "$home/$1" "${secret[@]}"; }

# digest_of COMMAND...: of what it shows.
digest_of() { "$@" --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["digest"])'; }

make_people() {
  local name pids=() pid
  mkdir "$home"
  for name in "${people[@]}" notary online; do
    release keys "$name" -o "$home/$name" "${secret[@]}" &
    pids+=("$!")
  done
  for pid in "${pids[@]}"; do wait "$pid" || return 1; done
}

make_root() {
  local name holders=() digest
  for name in "${people[@]}"; do holders+=(--holder "$home/$name/$name.holder.json"); done
  release init-root "${holders[@]}" --service "$home/online/online.holder.json" -o "$home/ceremony" || return 1
  digest=$(digest_of release review-root "$home/ceremony")
  for name in alice bob carol; do
    # shellcheck disable=SC2046
    release sign-root "$home/ceremony" --digest "$digest" $(as "$name") || return 1
  done
  release finish-root "$home/ceremony" -o "$home/1.root.json" --repository "$repository"
}

# start_witness DIR [COMMAND...]: a witness that answers over HTTP, started by that command; sets witness_address.
start_witness() {
  local home_of_it=$1
  shift
  mkfifo "$work/witness-ready"
  "$@" "$bin/edgekeep-publisher" witness serve "$home_of_it" --logs "$home/log/keys/key.policy" --listen 127.0.0.1:0 \
    --ready-fd 7 "${secret[@]}" --json 7>"$work/witness-ready" </dev/null >"$home_of_it.json" 2>&1 &
  started+=("$!")
  read -r -t 20 <"$work/witness-ready"
  rm "$work/witness-ready"
  witness_address=$(/usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["address"])' \
    "$home_of_it.json")
}

# demand_witness FILE: a log policy that demands the witness at witness_address.
demand_witness() {
  local lines names
  lines=$(grep ^witness "$home/witness/keys/key.policy" | sed "s|\$| http://$witness_address/|")
  names=$(awk '{print $2}' <<<"$lines" | tr '\n' ' ')
  { grep ^log "$home/log/keys/key.policy" && echo "$lines" && echo "group seen all $names" && echo "quorum seen"; } >"$1"
}

# acme.policy demands that the witness saw the log; unseen.policy does not.
make_log() {
  "$bin/edgekeep-publisher" log init "$home/log" --origin log.example/acme "${secret[@]}" || return 1
  "$bin/edgekeep-publisher" witness init "$home/witness" --name witness.example/w1 "${secret[@]}" || return 1
  cp -a "$home/witness" "$home/witness-of-2099"
  start_witness "$home/witness" || return 1
  demand_witness "$home/acme.policy"
  { grep ^log "$home/log/keys/key.policy" && echo "quorum none"; } >"$home/unseen.policy"
}

# An entry as a release's content begins, under a statement that nobody signed.
jam_log() {
  printf '\xa1\x00\x74edgekeep/log/release' >"$home/jam"
  "$bin/edgekeep-publisher" log append "$home/log" "$home/jam" "${secret[@]}"
}

submit() {
  release submit "$proposal" --log "$log" --repository "$repository" --root "$home/1.root.json" "${secret[@]}" "$@"
}

# judge [SETTINGS]; without any of them no rule, as nobody can wait for a day here.
judge() {
  echo '{"profile": "development"}' >"$home/development.json"
  # shellcheck disable=SC2046
  release judge --log "$log" --repository "$repository" --root "$home/1.root.json" \
    --log-passphrase-file "$work/passphrase" $(as notary) --settings "${1:-$home/development.json}"
}

# cosign [POLICY]
cosign() { "$bin/edgekeep-publisher" log cosign "$log" --policy "${1:-$home/acme.policy}"; }

# Without a delay, for this demo alone: what it is for is shown by PolicyOnDevice.AChangeCountsAfterItsDelayOfTrustedTime.
make_policy() {
  write_policy "$home/policy" 1 notary --delay 0 && sign_policy "$home/policy" alice bob carol &&
    policy finish "$home/policy" --root "$home/1.root.json" -o "$home/policy.ektp"
}

approvers_swap_notary() {
  write_policy "$home/swap" 2 online && sign_policy "$home/swap" alice bob || return 1
  policy finish "$home/swap" --root "$home/1.root.json" -o "$home/swap.ektp"
}

# Whatever its signatures are worth.
finish_by_hand() { /usr/bin/python3 tests/e2e/hostile_objects.py policy "$home/swap" "$home/swap.ektp"; }

adopt_swap() { released device adopt "$home/swap.ektp"; }

carol_swaps_too() { sign_policy "$home/swap" carol && finish_by_hand && adopt_swap; }

init_released() {
  start_device released &&
    released device init --trust "$work/acme/publisher.ekt" --release-root "$home/1.root.json" --policy "$home/policy.ektp" &&
    released device show --request -o "$work/released.ekd" &&
    "$bin/edgekeep-publisher" licence issue --publisher "$work/acme" --device "$work/released.ekd" \
      --product acme/label-direction --days 365 -o "$work/released.lic" "${secret[@]}" &&
    released status
}

# install_released OPTIONS...: the files of proposed version 1, or of `files`.
files=("$work/label-direction.eks" "$work/label-direction.ekg")

install_released() { released install "${files[@]}" "$work/released.lic" "$@"; }

# from_repository [DIR [OPTIONS...]]
from_repository() { install_released --repository "${1:-$repository}" "${@:2}"; }

# with_flipped FILE: from a copy of the repository with one bit of that file flipped.
with_flipped() {
  rm -rf "$home/flipped" && cp -a "$repository" "$home/flipped" || return 1
  flip "$home/flipped/$1" $(($(stat -c %s "$home/flipped/$1") / 2))
  from_repository "$home/flipped"
}

# write_policy FOLDER VERSION NOTARY [OPTIONS...]
write_policy() {
  policy write --authority acme --policy-version "$2" --notary "$home/$3/$3.holder.json" --log-policy "$home/acme.policy" \
    --may-order control=2:root --may-order retire=2:root -o "$1" "${@:4}" || return 1
}

# sign_policy FOLDER NAME...
sign_policy() {
  local folder=$1 digest name
  shift
  digest=$(digest_of policy show "$folder" --root "$home/1.root.json")
  for name in "$@"; do
    # shellcheck disable=SC2046
    policy sign "$folder" --root "$home/1.root.json" --digest "$digest" $(as "$name") || return 1
  done
}

means() { echo --files "$work" --repository "$repository" --root "$home/1.root.json"; }

# propose SEQUENCE EPOCH
propose() {
  # shellcheck disable=SC2046
  release propose "${files[@]}" --product acme/label-direction --version-sequence "$1" --security-epoch "$2" \
    --repository "$repository" --root "$home/1.root.json" -o "$proposal" $(as erin)
}

approve() {
  local digest
  # shellcheck disable=SC2046
  digest=$(digest_of release review "$proposal" $(means)) || return 1
  # shellcheck disable=SC2046
  release approve "$proposal" $(means) --digest "$digest" $(as "$1")
}

# publish DEMANDS...
publish() {
  # shellcheck disable=SC2046
  release publish "$proposal" $(means) $(as online) "$@"
}

# proved_by NAME DEMANDS...: a copy of the repository in which the release is proved by `log` as it is now.
proved_by() {
  local published=$repository name=$1 repository=$home/scratch
  shift
  rm -rf "$home/scratch" "${home:?}/$name" && cp -a "$home/before" "$home/scratch" || return 1
  publish --log "$log" "$@" || return 1
  cp -a "$published" "$home/$name" && cp -a "$home/scratch/proofs/." "$home/$name/proofs/"
}

# A service in wrong hands demands no verdict of itself.
prove_unjudged() { proved_by unjudged --log-policy "$home/acme.policy" --witnesses 1; }

# By stricter rules: this notary holds what was approved in a hurry.
judge_strictly() {
  echo '{"profile": "development", "rules": {"min_seconds_between_approvals": 3600}}' >"$home/strict.json"
  judge "$home/strict.json" >"$home/judged" && grep -A 1 REFUSED "$home/judged"
}

# The same, with the log's last entry as the verdict, whatever it says.
prove_refused() {
  local made size
  cosign && proved_by refused --log-policy "$home/acme.policy" --witnesses 1 || return 1
  made=$(find "$home/refused/proofs" -name "*.ekp") size=$(sed -n 2p "$log/public/checkpoint")
  /usr/bin/python3 tests/e2e/hostile_objects.py verdict "$made" "$log" $((size - 1)) "$home/refused.ekp" \
    "$bin/edgekeep-publisher" log prove inclusion && mv "$home/refused.ekp" "$made"
}

judge_again() {
  local repository=$home/before
  submit --again && judge
}

# The same release once more, now that the witness has seen it: what is new of it is the proof.
publish_proof() { proved_by proven "$@" && rm -rf "$repository" && mv "$home/proven" "$repository"; }

by_notary=(--notary "$home/notary/notary.holder.json")
unseen=("${by_notary[@]}" --log-policy "$home/unseen.policy")
seen=("${by_notary[@]}" --log-policy "$home/acme.policy" --witnesses 1)

does "Five people, a notary and a service make their keys, each their own" make_people
does "Three of the five sign who may release" make_root
does "A log, and a witness that is nobody's of these" make_log
does "Three of the five sign what devices demand: two approvers, the notary, the witness" make_policy
does "A device that is given both, and demands releases from its first day on" init_released
refuses "too few holders signed" "Two approvers would have another notary" approvers_swap_notary
does "They put it together all the same" finish_by_hand
refuses bad-signature "The device takes no policy from approvers" adopt_swap
refuses bad-state "The device installs nothing that no release names, however well signed" install_released
does "Somebody enters into the log what nobody can judge" jam_log
does "Erin proposes a release" propose 1 1
does "Alice approves it, on her own machine" approve alice
refuses "approved by 1 of the 2" "One approver is not enough" publish
does "Bob approves it too" approve bob
cp -a "$log" "$home/log-before"
does "It enters the log" submit
cp -a "$repository" "$home/before"
refuses "release proof: no verdict" "The service publishes nothing without the notary's verdict" \
  publish --log "$log" "${unseen[@]}"
does "In wrong hands it does, before the witness has seen the log" publish --log "$log" --log-policy "$home/unseen.policy"
refuses untrusted "The device demands that witness" from_repository
does "The witness cosigns the log" cosign
does "The release is published with what the witness saw, and no verdict" prove_unjudged
refuses not-found "The device demands one: a quorum without a verdict is not enough" from_repository "$home/unjudged"
does "A strict notary finds two approvals within an hour; what jams the log blocks nobody" judge_strictly
does "The release is published with that verdict, by hand" prove_refused
refuses forbidden "The device takes an unfavourable verdict for none" from_repository "$home/refused"
does "Entered again, it is judged without that rule: two people, and not its author" judge_again
cp -a "$log" "$home/log-unseen"
does "The witness cosigns the log" cosign

# shellcheck source=tests/e2e/demo_false_proofs.sh
. tests/e2e/demo_false_proofs.sh

does "The proof is published with what the witness saw" publish_proof "${seen[@]}"
refuses "[a-z-]+" "One flipped byte in the metadata" with_flipped metadata/timestamp.json
proof=$(cd "$repository" && find proofs -name "*.ekp")
refuses "[a-z-]+" "One flipped byte in the proof" with_flipped "$proof"
does "The device installs it (control)" from_repository
does "It runs" released run acme/label-direction --random 1
does "It says what it believes" released status

# shellcheck source=tests/e2e/demo_false_repositories.sh
. tests/e2e/demo_false_repositories.sh

title "What devices demand of every open"
# shellcheck source=tests/e2e/demo_operations.sh
. tests/e2e/demo_operations.sh

does "Carol, who holds the root too, signs the policy that swaps the notary: it counts (control)" carol_swaps_too
refuses untrusted "The notary of before judges for nobody any more" from_repository

title "How a device ends"
# shellcheck source=tests/e2e/demo_orders.sh
. tests/e2e/demo_orders.sh
