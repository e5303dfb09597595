// Tpm2Anchor: an anchor whose keys a TPM 2.0 makes and never gives away.
#pragma once
#include <chrono>
#include <memory>

#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/ports/anchor.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::anchor {

struct Tpm2Settings {
  // The PCRs (SHA-256 bank, one bit each, at most eight) that tell boot states apart. Counts when the anchor is made;
  // later what was chosen then.
  std::uint32_t pcrs = 1U << 7;
  // A TPM that takes longer for an answer is given up for this process.
  std::chrono::milliseconds answer_limit{30'000};
  // An eventfd of the caller's that is signalled then, and when the TPM hangs up: this anchor is of no use any more.
  int lost_fd = -1;
};

// Loads what speaks to TPMs, so that a process can lock itself in before it opens one. Fails with kNotFound where
// libtss2-esys is not installed. Before there are threads.
Status LoadTpmLibrary();

// Opens a TPM's device node, or connects to the socket that a simulator listens on with plain commands. The descriptor
// is the caller's. Fails with kNotFound, kForbidden, kIo.
Result<int> ConnectTpm(const char* path);

// Where the anchor is, and what is beside it: see README.md. Provider and store outlive it.
class Tpm2Anchor final : public ports::Anchor {
 public:
  // Takes `tpm_fd` over. A chip that says that its anchor was retired gives a retired one, whatever the store holds; a
  // retirement that was cut is finished. While its vault still opens what the chip says does not count: anybody who
  // reaches it can say so. kForbidden where the boot state keeps that from being seen. A new anchor is made where the
  // store holds none, and a making that was cut is finished; before that nothing hangs on it. Fails with kWrongDevice
  // when the store's anchor was made by another TPM, or this one was cleared; with kBadState when the TPM holds an
  // anchor and the store does not; with kMalformed when the store's is damaged; with kTimedOut or kIo when there is no
  // TPM behind the descriptor.
  static Result<std::unique_ptr<Tpm2Anchor>> OpenOrMake(const crypto::Provider& provider, ports::Store& store,
                                                        int tpm_fd, const Tpm2Settings& settings);
  ~Tpm2Anchor() override;

  ports::AnchorKind kind() const override { return ports::AnchorKind::kTpm2; }

  Result<Bytes> IdentityPublicKey() override;
  Result<Bytes> SignWithIdentity(ByteView message) override;
  Result<Bytes> KemPublicKey(const SecretArray<32>& salt) override;
  Result<SecretBytes> KemDh(const SecretArray<32>& salt, ByteView peer) override;
  Result<Bytes> OwnerPublicKey(const SecretArray<32>& salt) override;
  Result<Bytes> SignWithOwnerKey(const SecretArray<32>& salt, ByteView message) override;
  // kForbidden in a boot state that is not approved, or was before the epoch rose.
  Result<SecretArray<32>> VaultKey() override;
  Status EraseVault() override;
  Status Retire() override;
  bool is_retired() const override;
  Result<Bytes> SignRetirement(ByteView message) override;
  Result<std::uint64_t> RaiseEpoch() override;
  Result<ports::AnchorTime> ReadClock() override;
  ports::MonotonicCounter& counter() override;

  // Lets another boot state open the vault as well, until the epoch rises: SHA-256 over the values that the selected
  // PCRs will have, in their order. An update of what is measured needs it before the restart; only a state that opens
  // the vault can give it. Of more than eight the oldest goes, but never the one that runs.
  Status ApproveBootState(const Digest& state);

 private:
  friend class Tpm2Attestation;

  struct Parts;

  explicit Tpm2Anchor(std::unique_ptr<Parts> parts) noexcept;

  std::unique_ptr<Parts> parts_;
};

}  // namespace edgekeep::anchor
