// What a device is to the people who license it, and what it can do with its own keys.
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/core/device_kem.h"
#include "edgekeep/core/vault.h"
#include "edgekeep/formats/evidence.h"
#include "edgekeep/formats/licence.h"
#include "edgekeep/formats/licence_report.h"
#include "edgekeep/formats/receipt.h"
#include "edgekeep/formats/retirement.h"
#include "edgekeep/ports/anchor.h"

namespace edgekeep::core {

// Makes a KEM key, and seals for this device what its anchor does not hold of it: the store's object "device".
Result<Bytes> MakeDeviceSecret(const crypto::Provider& provider, ports::Anchor& anchor);

// What a device request says besides who the device is.
struct SaidInRequest {
  std::optional<formats::ChipClass> chip;   // of a tpm2 anchor, no other
  std::optional<UnixTime> rekeyed_at = {};  // when the order was issued by which the KEM key was made anew
  std::optional<formats::Ownership> ownership = {};
};

// Provider and anchor outlive it. One thread at a time.
class Device {
 public:
  // `sealed_secret` is what MakeDeviceSecret made. Fails with kDenied when another device made it.
  static Result<Device> Open(const crypto::Provider& provider, ports::Anchor& anchor, ByteView sealed_secret);

  const crypto::Provider& provider() const noexcept { return *provider_; }

  const DeviceId& id() const noexcept { return id_; }

  const DeviceKem& kem() const noexcept { return kem_; }

  const Vault& vault() const noexcept { return vault_; }

  ports::AnchorKind anchor_kind() const noexcept { return anchor_->kind(); }

  // The device request, signed by the identity key (spec/device-request.md).
  Result<Bytes> MakeRequest(const SaidInRequest& said) const;

  // The KEM key of `other`, which is this device by another secret, takes the place of this one: what was wrapped to it
  // does not open any more.
  void TakeKem(Device other) noexcept { kem_ = std::move(other.kem_); }

  // `report` as `type` (formats::typ::kLicenceRenewal or kLicenceReturn), signed by the identity key
  // (spec/licence-report.md).
  Result<Bytes> SignLicenceReport(std::string_view type, const formats::LicenceReport& report) const;

  // `batch`, which names this device, signed by the identity key (spec/receipt.md).
  Result<Bytes> SignReceipts(const formats::ReceiptBatch& batch) const;

  // `evidence`, which names this device, signed by the identity key (spec/attestation.md).
  Result<Bytes> SignEvidence(const formats::Evidence& evidence) const;

 private:
  Device(const crypto::Provider& provider, ports::Anchor& anchor, const DeviceId& id, Vault vault,
         DeviceKem kem) noexcept
      : provider_(&provider), anchor_(&anchor), id_(id), vault_(std::move(vault)), kem_(std::move(kem)) {}

  const crypto::Provider* provider_;
  ports::Anchor* anchor_;
  DeviceId id_;
  Vault vault_;
  DeviceKem kem_;
};

// The KeyId of the anchor's identity key.
Result<DeviceId> DeviceIdOf(const crypto::Provider& provider, ports::Anchor& anchor);

// What the certificate will say, with the anchor's identity in it (spec/orders.md §7).
Result<Bytes> WriteRetirement(ports::Anchor& anchor, formats::RetirementCertificate certificate);
// That signed by the identity, the last thing that it signs. Fails with kBadState as long as the anchor is not retired,
// with kWrongDevice for another's identity.
Result<Bytes> SignRetirement(const crypto::Provider& provider, ports::Anchor& anchor, ByteView written);

// The protection an opened model gets: the lowest of keep, anchor and cell. A software anchor gives no more than
// kProcess, a TPM no more than kVm.
formats::Isolation ProtectionLevel(formats::Isolation keep, ports::AnchorKind anchor, formats::Isolation cell) noexcept;

}  // namespace edgekeep::core
