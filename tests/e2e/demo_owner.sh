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
