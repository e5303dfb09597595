// The keys that licences are made with, opened once they are needed.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "edgekeep/author/epoch_keys.h"
#include "edgekeep/author/publisher.h"

namespace edgekeep::author {

class LicensorKeys {
 public:
  virtual ~LicensorKeys() = default;

  // Both are borrowed until the next call. A file that is not there is kNotFound, unless the keys say otherwise.
  virtual Outcome<const EpochKeys*> EpochsOf(const Context& context, const ProductName& product) = 0;
  virtual Outcome<const HolderKeys*> Licensor(const Context& context) = 0;
};

enum class NewProducts : std::uint8_t { kRefused, kMade };

// For one act: each is opened by the passphrase when it is asked for, which costs half a second.
class KeysForOnce final : public LicensorKeys {
 public:
  // Borrows both. `made`: what becomes of a product that has no epoch keys yet.
  KeysForOnce(const Publisher& publisher, const SecretBytes& passphrase, NewProducts made)
      : publisher_(publisher), passphrase_(passphrase), made_(made) {}

  Outcome<const EpochKeys*> EpochsOf(const Context& context, const ProductName& product) override;
  Outcome<const HolderKeys*> Licensor(const Context& context) override;

 private:
  const Publisher& publisher_;
  const SecretBytes& passphrase_;
  NewProducts made_;
  std::optional<EpochKeys> epochs_;
  std::optional<HolderKeys> licensor_;
};

// For a server: they stay open, in memory. A product's are opened again where their file has changed, as by a new
// epoch, and at no other time: whoever asks for a product whose file is damaged makes nobody try again and again.
class KeptKeys final : public LicensorKeys {
 public:
  // Opens the licensor's. Borrows both.
  static Outcome<KeptKeys> Open(const Context& context, const Publisher& publisher, const SecretBytes& passphrase);

  Outcome<const EpochKeys*> EpochsOf(const Context& context, const ProductName& product) override;
  Outcome<const HolderKeys*> Licensor(const Context& context) override;

 private:
  struct Kept {
    Bytes file;
    Outcome<EpochKeys> keys;
  };

  KeptKeys(const Publisher& publisher, const SecretBytes& passphrase, HolderKeys licensor)
      : publisher_(&publisher), passphrase_(&passphrase), licensor_(std::move(licensor)) {}

  const Publisher* publisher_;
  const SecretBytes* passphrase_;
  HolderKeys licensor_;
  std::map<std::string, Kept> epochs_;  // by product; no more of them than files
};

}  // namespace edgekeep::author
