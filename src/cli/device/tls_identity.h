// TlsIdentity: the certificates that a TLS server is shown of this device, whose key stays in its keep. OpenSSL has the
// session and asks for the one signature, with all that is to be signed; the keep is told the transcript's hash and
// makes the rest itself (spec/owner-credential.md §7).
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "owner_files.h"

namespace edgekeep::cli::device {

struct TlsIdentity {
  std::string host;               // whose certificate a server has to have that is shown anything
  std::vector<Der> certificates;  // the device's own first
  // r || s for a transcript's hash.
  std::function<Outcome<Der>(ByteView transcript_hash)> sign;
  std::optional<Failure> refused;  // why nothing was signed
};

// Name or address in a URL of https, without port; as it is written.
std::string HostIn(std::string_view url);

// What is behind the fixed words of a client of TLS 1.3 (RFC 8446 §4.4.3); empty for any other message.
ByteView TranscriptHashIn(ByteView message);

// ECDSA-Sig-Value of r || s.
Der SignatureToDer(ByteView r_and_s);

// Has sessions of that SSL_CTX show `identity` to servers that ask for a certificate by TLS 1.3 and have one for its
// host; others get none. One identity at a time, which has to live as long as the sessions. False where libssl.so.3 is
// not what is loaded.
bool OfferTlsIdentity(void* ssl_context, TlsIdentity& identity);

}  // namespace edgekeep::cli::device
