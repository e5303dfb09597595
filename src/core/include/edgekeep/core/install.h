// May these files be installed here? Everything public is checked before any secret key is used (spec/grant.md §4).
#pragma once
#include <optional>

#include "edgekeep/core/device.h"
#include "edgekeep/core/licence.h"
#include "edgekeep/core/trust.h"
#include "edgekeep/formats/grant.h"
#include "edgekeep/sealing/keys.h"
#include "edgekeep/sealing/verified_seal.h"

namespace edgekeep::core {

// A sealed file and the grant that belongs to it, both rightly signed. Only VerifyOffer makes one. It borrows from what
// VerifyOffer was given.
class VerifiedOffer {
 public:
  const sealing::VerifiedSeal& seal() const noexcept { return seal_; }

  const formats::Grant& grant() const noexcept { return grant_; }

  const ProductName& product() const noexcept { return seal_.header().product; }

  const Version& version() const noexcept { return seal_.header().version; }

 private:
  friend Result<VerifiedOffer> VerifyOffer(const crypto::Provider&, const TrustedPublisher&, ByteView, std::uint64_t,
                                           ByteView);

  VerifiedOffer(const sealing::VerifiedSeal& seal, const formats::Grant& grant) noexcept : seal_(seal), grant_(grant) {}

  sealing::VerifiedSeal seal_;
  formats::Grant grant_;
};

// `front` is the sealed file's beginning (sealing::VerifySeal). Fails as VerifySeal does, with kUnsupported for a
// package that is no model, and with kWrongProduct when the grant names another file, product or version.
Result<VerifiedOffer> VerifyOffer(const crypto::Provider& provider, const TrustedPublisher& trust, ByteView front,
                                  std::uint64_t file_size, ByteView grant);

// The keys with which the offer may be installed. Only DecideInstall makes one.
class InstallDecision {
 public:
  const sealing::ContentKey& content_key() const noexcept { return content_key_; }

  // K of the grant's epoch.
  const sealing::EpochKey& epoch_key() const noexcept { return epoch_key_; }

 private:
  friend Result<InstallDecision> DecideInstall(const Device&, const VerifiedOffer&, const VerifiedLicence&,
                                               std::optional<Sequence>);

  InstallDecision(sealing::ContentKey content_key, sealing::EpochKey epoch_key) noexcept
      : content_key_(std::move(content_key)), epoch_key_(std::move(epoch_key)) {}

  sealing::ContentKey content_key_;
  sealing::EpochKey epoch_key_;
};

// `licence` was verified for the offer's product and version; `installed` is the sequence this device has. Fails with
// kWrongProduct (a licence verified for something else), kWrongVersion (older than installed, or the grant's epoch is
// after the licence's); from the first use of the device's key on with kDenied.
Result<InstallDecision> DecideInstall(const Device& device, const VerifiedOffer& offer, const VerifiedLicence& licence,
                                      std::optional<Sequence> installed);

}  // namespace edgekeep::core
