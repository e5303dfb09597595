# shellcheck shell=bash disable=SC2154 # demo_releases.sh sets what this uses
# What devices demand of every open, raised and lowered by ordinary releases.

# demand VERSION JSON-MEMBERS: writes the policy; what follows is about its release.
demand() {
  demands=$work/operations-$1.ekop
  proposal=$home/operations-$1
  echo "{\"version\": $1, \"authority\": \"acme\"$2}" >"$home/operations.json"
  policy operations write "$home/operations.json" -o "$demands" || return 1
  # shellcheck disable=SC2046
  release propose "$demands" --product acme/operations-policy --version-sequence "$1" --repository "$repository" \
    --root "$home/1.root.json" -o "$proposal" $(as erin)
}

approve_and_publish() {
  approve alice && approve bob && submit && judge && cosign && publish --log "$log" "${seen[@]}"
}

review_says() {
  # shellcheck disable=SC2046
  release review "$proposal" $(means) | grep -F "$1"
}

adopt_demands() { released device adopt "$demands" --repository "$repository"; }

run_released() { released run acme/label-direction --random 1; }

does "It runs, as no operations policy demands more (control)" run_released
does "Erin proposes that models need a virtual machine of their own" demand 1 ', "isolation_floor": "vm"'
does "It is an ordinary release: two approvers, notary, witness" approve_and_publish
does "The device takes it" adopt_demands
refuses forbidden "It has no virtual machines, so it opens nothing, and says why" run_released
does "She proposes to undo it" demand 2 ""
does "Who reviews that is told so" review_says "DEMANDS LESS: isolation floor of every product"
refuses "approved by 0 of the 2" "Her own word is not enough" publish
does "It is released, too" approve_and_publish
does "The device takes it" adopt_demands
does "It runs again (control)" run_released
demands=$work/operations-1.ekop
refuses wrong-version "The policy of before does not come back" \
  released device adopt "$demands" --repository "$repository" --release acme/operations-policy/stable/1
