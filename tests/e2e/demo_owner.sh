# shellcheck shell=bash disable=SC2154 # the demo sets bin, work
# A device's owner gives it a certificate for a key that its chip made: requests and answers as files, the authority being GnuTLS's.
owner=$work/owner

found_owner() {
  mkdir "$owner"
  printf 'cn = "Owner"\nca\ncert_signing_key\nexpiration_days = 3650\n' >"$owner/ca.template"
  printf 'tls_www_client\nsigning_key\nexpiration_days = 30\n' >"$owner/device.template"
  certtool --generate-privkey --ecc --curve secp256r1 --outfile "$owner/ca.key" &&
    certtool --generate-self-signed --load-privkey "$owner/ca.key" --template "$owner/ca.template" --outfile "$owner/ca.pem"
}

# ask_owner DEVICE: its request.
ask_owner() { with_tpm "$1" device enrol --ca "$owner/ca.pem" --request "$owner/$1.csr"; }

# certify DEVICE: what the owner's authority answers.
certify() {
  certtool --generate-certificate --load-request "$owner/$1.csr" --load-ca-certificate "$owner/ca.pem" --load-ca-privkey "$owner/ca.key" \
    --template "$owner/device.template" --outfile "$owner/$1.pem" &&
    certtool --p7-generate --load-certificate "$owner/$1.pem" --outfile "$owner/$1.p7"
}

enrol_anchored_at_owner() { found_owner && ask_owner anchored && certify anchored && answer_with anchored anchored; }

# answer_with DEVICE OTHER: gives DEVICE what was answered to OTHER.
answer_with() { with_tpm "$1" device enrol --answer "$owner/$2.p7"; }

does "Its owner gives it a certificate, for a key that its chip made" enrol_anchored_at_owner
does "Another device asks for one as well" ask_owner device
refuses wrong-device "It is handed the first device's certificate" answer_with device anchored

transfer() { "$bin/edgekeep-publisher" transfer "$@"; }

# own_name SIDE TRANSFER KEY: signs TRANSFER for that side.
own_name() {
  transfer to-sign "$2" --as "$1" -o "$2.$1" && openssl pkeyutl -sign -rawin -inkey "$3" -in "$2.$1" -out "$2.$1.sig"
}

# sign_over NAME: the device's first change of hands, to the authority NAME, whose key this makes; both sides sign.
sign_over() {
  local to=$owner/$1 id
  id=$(with_tpm anchored device show | awk '$1 == "device" { print $2 }')
  certtool --generate-privkey --ecc --curve secp256r1 --outfile "$to.key" &&
    certtool --generate-self-signed --load-privkey "$to.key" --template "$owner/ca.template" --outfile "$to.pem" &&
    transfer propose --device "$id" --from "$owner/ca.pem" --to "$to.pem" -o "$to" &&
    own_name giver "$to" "$owner/ca.key" && transfer sign "$to" --from "$owner/ca.pem" --signature "$to.giver.sig" -o "$to.given" &&
    own_name taker "$to.given" "$to.key" && transfer countersign "$to.given" --signature "$to.given.taker.sig" -o "$to.ekw"
}

change_hands() { sign_over next && sign_over kept && with_tpm anchored device transfer "$owner/next.ekw"; }

ask_first_owner_again() { with_tpm anchored device enrol --ca "$owner/ca.pem" --request "$owner/again.csr"; }

does "It changes hands: its owner signs it over, the next one countersigns" change_hands
refuses already-exists "Its first owner's authority gives it no certificate any more" ask_first_owner_again
refuses untrusted "Nor does a second transfer count that the first owner had signed and kept" \
  with_tpm anchored device transfer "$owner/kept.ekw"
