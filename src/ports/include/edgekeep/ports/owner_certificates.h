// OwnerCertificates: what X.509 has to do with a device's owner (spec/owner-credential.md).
#pragma once
#include <array>
#include <span>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"

namespace edgekeep::ports {

inline constexpr std::size_t kMaxOwnerCertificate = 4096;
// The device's own, and those between it and its owner's authority.
inline constexpr std::size_t kMaxOwnerChain = 4;
inline constexpr std::size_t kMaxCsrAttributes = 8192;
inline constexpr std::size_t kMaxCertificateAnswer = 32768;
inline constexpr std::size_t kMaxChallengePassword = 64;

// What a server wants to have in a request (RFC 7030 §4.5.2), as far as a device gives it.
struct RequestWishes {
  bool challenge_password = false;
  Bytes challenge;  // for evidence; empty: none is wanted
};

struct RequestParts {
  ByteView key;             // a point of P-256
  std::string_view serial;  // of the device, hexadecimal
  ByteView renewed;         // DER: whose subject and names are asked for again (RFC 7030 §4.2.2); empty: none is
  std::string_view challenge_password;
  ByteView evidence;
};

// Signs with the key that a request is for, r || s.
class RequestSigner {
 public:
  virtual ~RequestSigner() = default;
  virtual Result<Bytes> Sign(ByteView message) = 0;
};

// What is handed in, and what it is judged by.
struct CertificateAnswer {
  ByteView answer;     // certs-only CMS (RFC 7030 §4.2.3), DER
  ByteView others;     // the same, of certificates that lead to the authority; may be empty
  ByteView authority;  // DER: believed by itself
  ByteView key;
  std::string_view serial;
  UnixTime now;
};

// DER each; the device's own first, then those above it, without the authority.
struct CertificateChain {
  std::span<const Bytes> view() const& noexcept { return std::span(certificates).first(count); }

  std::array<Bytes, kMaxOwnerChain> certificates;
  std::size_t count = 0;
  UnixTime not_before, not_after;  // of all of them
};

// What is said to be an owner's word.
struct OwnerStatement {
  ByteView message, signature;
  ByteView authority;                      // DER: believed by itself, for how long soever
  std::span<const ByteView> certificates;  // DER: the signer's, then those above it; none: the authority itself signed
  UnixTime now;
};

// Any number of threads. Whatever is handed in is hostile.
class OwnerCertificates {
 public:
  virtual ~OwnerCertificates() = default;
  // Fails with kMalformed, kTooLarge, or kUntrusted for what is no authority's.
  virtual Status CheckAuthority(ByteView certificate) = 0;
  // Fails with kMalformed, or kUnsupported where another kind of key or signature is wanted; passes over what it does
  // not know.
  virtual Result<RequestWishes> ReadWishes(ByteView csr_attributes) = 0;
  // PKCS#10, DER.
  virtual Result<Bytes> MakeRequest(const RequestParts& parts, RequestSigner& signer) = 0;
  // As CheckAuthority; kNotYetValid, kExpired.
  virtual Status CheckAuthorityAt(ByteView certificate, UnixTime now) = 0;
  // Fails with kMalformed, kTooLarge, kUnsupported, kBadSignature; of whoever signed for the authority kUntrusted,
  // kExpired, kNotYetValid, or kForbidden for a certificate that is not for this.
  virtual Status CheckStatement(const OwnerStatement& statement) = 0;
  // Fails with kMalformed, kTooLarge; kWrongDevice (another key or device), kUntrusted, kExpired, kNotYetValid,
  // kForbidden (for another use than to authenticate a client).
  virtual Result<CertificateChain> Judge(const CertificateAnswer& answer) = 0;
};

}  // namespace edgekeep::ports
