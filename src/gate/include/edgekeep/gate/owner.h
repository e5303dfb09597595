// What the administrator says to the keep about its owner's credential (spec/gate.md §13). Whoever carries requests and
// answers decides nothing.
#pragma once
#include <optional>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_string.h"
#include "edgekeep/base/inline_vector.h"

namespace edgekeep::gate {

inline constexpr std::size_t kMaxChallengePassword = 64;
inline constexpr std::size_t kMaxTlsCertificates = 4;

// kRequestCredential; the answer is PKCS#10 in DER as one byte string. Empty parts are absent.
struct CredentialRequest {
  ByteView authority;       // DER: whose certificates count from now on, where none counts yet
  ByteView csr_attributes;  // DER, as a server gave them
  InlineString<kMaxChallengePassword> challenge_password;
};

// kInstallCredential; the answer is CredentialFacts.
struct CredentialAnswer {
  ByteView answer;  // CMS of certificates alone, DER
  ByteView others;  // the same, of what lies between; empty: absent
};

struct HeldCertificate {
  ByteView certificate;  // DER
  UnixTime not_before, not_after;
  UnixTime renew_from;
  UnixTime now;  // by the keep
};

// kShowCredential, whose body is empty.
struct CredentialFacts {
  std::optional<Digest> authority;  // SHA-256 of its certificate; absent: the device has no owner
  bool requested = false;           // an answer is awaited
  std::optional<HeldCertificate> held;
  std::uint64_t changes = 0;  // of owner, so far
};

// Which certificate a TLS server is shown.
enum class TlsIdentity : std::uint8_t { kFactory = 1, kOwner = 2 };

// kUseTlsIdentity.
struct TlsIdentityRequest {
  TlsIdentity identity = TlsIdentity::kOwner;
  ByteView transcript_hash;  // RFC 8446 §4.4.1, by SHA-256 or SHA-384; empty: absent, and nothing is signed
};

struct TlsIdentityAnswer {
  InlineVector<ByteView, kMaxTlsCertificates> certificates;  // DER, the device's own first
  ByteView signature;                                        // of CertificateVerify, r || s; empty: absent
};

Result<CredentialRequest> DecodeCredentialRequest(ByteView body);
Status EncodeCredentialRequest(const CredentialRequest& request, CborWriter& out);
Result<CredentialAnswer> DecodeCredentialAnswer(ByteView body);
Status EncodeCredentialAnswer(const CredentialAnswer& answer, CborWriter& out);
Result<CredentialFacts> DecodeCredentialFacts(ByteView body);
Status EncodeCredentialFacts(const CredentialFacts& facts, CborWriter& out);
Result<TlsIdentityRequest> DecodeTlsIdentityRequest(ByteView body);
Status EncodeTlsIdentityRequest(const TlsIdentityRequest& request, CborWriter& out);
Result<TlsIdentityAnswer> DecodeTlsIdentityAnswer(ByteView body);
Status EncodeTlsIdentityAnswer(const TlsIdentityAnswer& answer, CborWriter& out);

}  // namespace edgekeep::gate
