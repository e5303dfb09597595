// Publisher: the directory that holds a publisher's keys, and the trust bundle that devices get.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "edgekeep/author/context.h"
#include "edgekeep/author/failure.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/crypto/hpke.h"
#include "edgekeep/sealing/trusted_publisher.h"
#include "edgekeep/signer/file_signing_key.h"
#include "edgekeep/signer/key_file.h"

namespace edgekeep::author {

// Which signature algorithms a new publisher's holders use; one classical and one post-quantum in each.
enum class Profile : std::uint8_t {
  kGeneral,  // Ed25519 and ML-DSA-65
  kCnsa2,    // P-256 and ML-DSA-87
};

// The opened signature keys of one holder.
struct HolderKeys {
  std::vector<std::unique_ptr<sealing::SigningKey>> keys;

  std::vector<const sealing::SigningKey*> pointers() const;
};

struct NewPublisher {
  std::string directory;
  std::string name;  // IsName
  Profile profile = Profile::kGeneral;
};

// The directory (mode 0700): publisher.ekt, and in mode 0600 author-*.ekk, licensor-*.ekk, licensor-kem.ekk and
// epochs/*.ekk (epoch_keys.h).
class Publisher {
 public:
  // Makes fresh keys under `passphrase`, and the directory with all its files or nothing.
  static Outcome<Publisher> Create(const Context& context, const NewPublisher& wanted, const SecretBytes& passphrase);
  // Reads and verifies publisher.ekt; needs no passphrase.
  static Outcome<Publisher> Open(const Context& context, const std::string& directory);

  const std::string& directory() const noexcept { return directory_; }

  const formats::TrustBundle& trust() const noexcept { return trusted_.bundle(); }

  // What people compare before a device believes publisher.ekt.
  const Digest& fingerprint() const noexcept { return trusted_.fingerprint(); }

  // Fail where a key file is not the one that publisher.ekt names.
  Outcome<HolderKeys> OpenAuthor(const Context& context, const SecretBytes& passphrase) const;
  Outcome<HolderKeys> OpenLicensor(const Context& context, const SecretBytes& passphrase) const;
  Outcome<crypto::SoftwareHpkeRecipient> OpenLicensorKem(const Context& context, const SecretBytes& passphrase) const;

 private:
  Publisher(std::string directory, sealing::TrustedPublisher trusted) noexcept
      : directory_(std::move(directory)), trusted_(std::move(trusted)) {}

  std::string directory_;
  sealing::TrustedPublisher trusted_;
};

}  // namespace edgekeep::author
