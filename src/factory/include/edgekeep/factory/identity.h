// Identities as verifiers take them: in a station's journal, and on the owner's list.
#pragma once
#include <functional>
#include <string>

#include "edgekeep/factory/openssl/certificates.h"
#include "edgekeep/factory/order.h"
#include "edgekeep/formats/factory_identity.h"
#include "edgekeep/release/log/policy.h"

namespace edgekeep::factory {

inline constexpr std::size_t kMaxSignedList = formats::kMaxIdentityListSize + 65536;

// All that a certificate says, if the factory's authority issued it. Fails as that check does.
using CertificateCheck = std::function<Result<VerifiedSubject>(ByteView certificate)>;

// That a certificate says of its device what the entry says, and that it is one of this product. Fails with
// kWrongDevice or kWrongProduct.
Status CheckSubject(const VerifiedSubject& subject, const formats::Provisioned& entry, const ProductName& product);

// What an identity says, of which its station's journal vouches for the place in the journal and nothing else. Owns
// what it is about.
class JournalledIdentity {
 public:
  // `stations` says whose journals are believed. Fails with kMalformed, kUntrusted (a station nobody named) or
  // kBadSignature (the checkpoint, or the entry is not under it).
  static Result<JournalledIdentity> Verify(const crypto::Provider& provider, const release::log::Policy& stations,
                                           std::string_view identity);

  // Borrows from this.
  formats::Provisioned provisioned() const;

  UnixTime entered_at() const noexcept { return entered_at_; }

  std::uint64_t index() const noexcept { return index_; }

  const std::string& origin() const noexcept { return origin_; }

  const release::log::TreeHead& head() const noexcept { return head_; }

  const std::string& content() const noexcept { return content_; }

 private:
  JournalledIdentity() = default;

  std::string content_;
  UnixTime entered_at_;
  std::uint64_t index_ = 0;
  std::string origin_;
  release::log::TreeHead head_;
};

Result<formats::CertificateDigest> DigestOfCertificate(const crypto::Provider& provider, ByteView certificate);

// A list that its owner signed. Only Verify makes one.
class VerifiedList {
 public:
  static Result<VerifiedList> Verify(const crypto::Provider& provider, std::string_view list,
                                     const formats::Holder& owner, std::span<const std::uint8_t> required_classes);

  // Borrows from this.
  formats::IdentityList list() const;

 private:
  explicit VerifiedList(std::string payload) noexcept : payload_(std::move(payload)) {}

  std::string payload_;
};

// Whose it is, if the list takes it. Fails as the checks do; with kUntrusted where the list refuses it (a ticket that
// was used twice or is unknown, or a voided one), kNotFound where the list does not know it, kWrongProduct where it is
// another order's, kForbidden where it says that the device retired.
Result<DeviceId> CheckListed(const crypto::Provider& provider, const JournalledIdentity& identity,
                             const VerifiedList& list, const CertificateCheck& check);

}  // namespace edgekeep::factory
