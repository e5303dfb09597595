# shellcheck shell=bash disable=SC2154 # the demo sets bin, work, engine, models
# The demo's release: five people, a notary, a log and its witness; a device that believes nothing less.

people=(alice bob carol dave erin)
home=$work/people
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
  release finish-root "$home/ceremony" -o "$home/1.root.json" --repository "$home/repository"
}

# A witness of its own, which answers over HTTP; what it listens at is in witness_address.
start_witness() {
  mkfifo "$work/witness-ready"
  "$bin/edgekeep-publisher" witness serve "$home/witness" --logs "$home/log/keys/key.policy" --listen 127.0.0.1:0 \
    --ready-fd 7 "${secret[@]}" --json 7>"$work/witness-ready" </dev/null >"$home/witness.json" 2>&1 &
  started+=("$!")
  read -r -t 20 <"$work/witness-ready"
  rm "$work/witness-ready"
  witness_address=$(/usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["address"])' \
    "$home/witness.json")
}

# acme.policy demands that the witness saw the log; unseen.policy does not.
make_log() {
  local names
  "$bin/edgekeep-publisher" log init "$home/log" --origin log.example/acme "${secret[@]}" || return 1
  "$bin/edgekeep-publisher" witness init "$home/witness" --name witness.example/w1 "${secret[@]}" || return 1
  start_witness || return 1
  grep ^log "$home/log/keys/key.policy" >"$home/logs"
  grep ^witness "$home/witness/keys/key.policy" | sed "s|\$| http://$witness_address/|" >>"$home/logs"
  names=$(awk '/^witness/ {print $2}' "$home/logs" | tr '\n' ' ')
  { cat "$home/logs" && echo "group seen all $names" && echo "quorum seen"; } >"$home/acme.policy"
  { cat "$home/logs" && echo "quorum none"; } >"$home/unseen.policy"
}

submit() {
  release submit "$home/proposal" --log "$home/log" --repository "$home/repository" --root "$home/1.root.json" "${secret[@]}"
}

judge() {
  # shellcheck disable=SC2046
  release judge --log "$home/log" --repository "$home/repository" --root "$home/1.root.json" \
    --log-passphrase-file "$work/passphrase" $(as notary)
}

cosign() { "$bin/edgekeep-publisher" log cosign "$home/log" --policy "$home/acme.policy"; }

make_policy() {
  write_policy "$home/policy" 1 notary && sign_policy "$home/policy" alice bob carol &&
    policy finish "$home/policy" --root "$home/1.root.json" -o "$home/policy.ekp"
}

approvers_swap_notary() {
  write_policy "$home/swap" 2 online && sign_policy "$home/swap" alice bob || return 1
  policy finish "$home/swap" --root "$home/1.root.json" -o "$home/swap.ekp"
}

init_released() {
  start_device released &&
    released device init --trust "$work/acme/publisher.ekt" --release-root "$home/1.root.json" --policy "$home/policy.ekp" &&
    released device show --request -o "$work/released.ekd" &&
    "$bin/edgekeep-publisher" licence issue --publisher "$work/acme" --device "$work/released.ekd" \
      --product acme/label-direction --days 365 -o "$work/released.lic" "${secret[@]}" &&
    released status
}

install_released() {
  released install "$work/label-direction.eks" "$work/label-direction.ekg" "$work/released.lic" "$@"
}

from_repository() { install_released --repository "${1:-$home/repository}"; }

# with_flipped FILE: from a copy of the repository with one bit of that file flipped.
with_flipped() {
  rm -rf "$home/flipped" && cp -a "$home/repository" "$home/flipped" || return 1
  flip "$home/flipped/$1" $(($(stat -c %s "$home/flipped/$1") / 2))
  from_repository "$home/flipped"
}

# write_policy FOLDER VERSION NOTARY
write_policy() {
  policy write --authority acme --policy-version "$2" --notary "$home/$3/$3.holder.json" --log-policy "$home/acme.policy" \
    -o "$1" || return 1
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

means() { echo --files "$work" --repository "$home/repository" --root "$home/1.root.json"; }

propose() {
  # shellcheck disable=SC2046
  release propose "$work/label-direction.eks" "$work/label-direction.ekg" --product acme/label-direction \
    --version-sequence 1 --security-epoch 1 --repository "$home/repository" --root "$home/1.root.json" \
    -o "$home/proposal" $(as erin)
}

approve() {
  local digest
  # shellcheck disable=SC2046
  digest=$(digest_of release review "$home/proposal" $(means)) || return 1
  # shellcheck disable=SC2046
  release approve "$home/proposal" $(means) --digest "$digest" $(as "$1")
}

# publish DEMANDS...
publish() {
  # shellcheck disable=SC2046
  release publish "$home/proposal" $(means) $(as online) "$@"
}

# The same release once more, now that the witness has seen it: what is new of it is the proof.
publish_proof() {
  local published=$home/repository
  mv "$published" "$home/published" && cp -a "$home/before" "$published" || return 1
  publish "$@" || return 1
  cp -a "$published/proofs/." "$home/published/proofs/" && rm -rf "$published" && mv "$home/published" "$published"
}

demands=(--log "$home/log" --notary "$home/notary/notary.holder.json")

does "Five people, a notary and a service make their keys, each their own" make_people
does "Three of the five sign who may release" make_root
does "A log, and a witness that is nobody's of these" make_log
does "Three of the five sign what devices demand: two approvers, the notary, the witness" make_policy
refuses "too few holders signed" "Two of them would have another notary" approvers_swap_notary
does "A device that is given both, and demands releases from its first day on" init_released
refuses bad-state "It installs nothing that no release names, however well signed" install_released
does "Erin proposes a release" propose
does "Alice approves it, on her own machine" approve alice
refuses "approved by 1 of the 2" "One approver is not enough" publish
does "Bob approves it too" approve bob
does "It enters the log" submit
refuses "release proof: no verdict" "The service publishes nothing without the notary's verdict" \
  publish "${demands[@]}" --log-policy "$home/unseen.policy"
does "The notary judges it: two people, and not its author" judge
cp -a "$home/repository" "$home/before"
does "It is published before the witness has seen the log" publish "${demands[@]}" --log-policy "$home/unseen.policy"
refuses untrusted "The device demands that witness" from_repository
does "The witness cosigns the log" cosign
does "The proof is published with that" publish_proof "${demands[@]}" --log-policy "$home/acme.policy" --witnesses 1
refuses "[a-z-]+" "One flipped byte in the metadata" with_flipped metadata/timestamp.json
proof=$(cd "$home/repository" && find proofs -name "*.ekp")
refuses "[a-z-]+" "One flipped byte in the proof" with_flipped "$proof"
does "The device installs it (control)" from_repository
does "It runs" released run acme/label-direction --random 1
does "It says what it believes" released status
