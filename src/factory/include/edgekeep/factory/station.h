// Station: gives identities to devices, each of which shows its chip first. Without sockets: messages in, messages out.
#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/crypto/credential_cipher.h"
#include "edgekeep/factory/journal.h"
#include "edgekeep/factory/openssl/certificates.h"
#include "edgekeep/factory/tickets.h"
#include "edgekeep/formats/provisioning.h"

namespace edgekeep::factory {

// What a station works with; all of it outlives it.
struct StationTools {
  const crypto::Provider& provider;
  const crypto::CredentialCipher& cipher;
  const VerifiedOrder& order;
  const Tickets& tickets;
  const ChipMakers& makers;
  const Authority& authority;
  const sealing::SigningKey& authority_key;
  std::vector<formats::ChipId> retired_chips = {};  // of devices that had retired: they get nothing
};

// An identity that was given.
struct GivenIdentity {
  DeviceId device;
  std::uint32_t ticket = 0;
  std::uint64_t index = 0;  // in the journal
  bool was_known = false;   // it was given before: a run that was interrupted goes on
  std::string identity;     // for the device
};

// Any number of threads.
class Station {
 public:
  Station(const StationTools& tools, Journal journal) noexcept : tools_(tools), journal_(std::move(journal)) {}

  const StationTools& tools() const noexcept { return tools_; }

  // Of this station's share of the order.
  std::uint32_t tickets_left() const;

  // Fails with kExpired or kNotYetValid (the order), kOverBudget (no ticket is left), kAlreadyExists (the chip has an
  // identity for another key, or of another order), kWrongDevice (another chip has this key), kForbidden (its device
  // had retired); with kBadState after a failure of the journal, until it was opened anew. The caller has made sure
  // that the key is the chip's.
  Result<GivenIdentity> Give(const formats::ChipId& chip, ByteView identity_key, UnixTime now);

 private:
  Result<std::optional<JournalUnit>> FindKnown(const formats::ChipId& chip, const DeviceId& device) const;
  Result<JournalUnit> EnterNew(const formats::ChipId& chip, const DeviceId& device, ByteView identity_key,
                               UnixTime now);
  std::optional<std::uint32_t> NextTicket() const;

  StationTools tools_;
  mutable std::mutex mutex_;
  Journal journal_;
};

// One device's conversation with a station. One thread.
class Visit {
 public:
  explicit Visit(Station& station) noexcept : station_(&station) {}

  // The answer to a device's message: a challenge, an identity or a refusal. Fails only where nothing can be said.
  Result<std::string> Answer(ByteView message, UnixTime now);

  // Nothing more is to be said after that.
  bool is_over() const noexcept { return given_.has_value() || refusal_.has_value(); }

  const std::optional<GivenIdentity>& given() const noexcept { return given_; }

  const std::optional<Error>& refusal() const noexcept { return refusal_; }

 private:
  struct Asked {
    formats::ChipId chip;
    Bytes attestation_key;
    Bytes identity_key;
    formats::ActivationAnswer answer;
    formats::ProvisioningNonce nonce;
  };

  Result<std::string> AnswerRightly(ByteView message, UnixTime now);
  Result<std::string> Challenge(const formats::ProvisioningHello& hello, UnixTime now);
  Result<std::string> GiveFor(const formats::ProvisioningProof& proof, UnixTime now);

  Station* station_;
  std::optional<Asked> asked_;
  std::optional<GivenIdentity> given_;
  std::optional<Error> refusal_;
};

}  // namespace edgekeep::factory
