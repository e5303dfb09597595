// What the administrator says to the keep about its owner's credential (spec/gate.md §13). Whoever carries requests and
// answers decides nothing.
#pragma once
#include <optional>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_string.h"

namespace edgekeep::gate {

inline constexpr std::size_t kMaxChallengePassword = 64;

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

Result<CredentialRequest> DecodeCredentialRequest(ByteView body);
Status EncodeCredentialRequest(const CredentialRequest& request, CborWriter& out);
Result<CredentialAnswer> DecodeCredentialAnswer(ByteView body);
Status EncodeCredentialAnswer(const CredentialAnswer& answer, CborWriter& out);
Result<CredentialFacts> DecodeCredentialFacts(ByteView body);
Status EncodeCredentialFacts(const CredentialFacts& facts, CborWriter& out);

}  // namespace edgekeep::gate
