// EpochKeys: a product's chain of epoch keys, as its licensor keeps it.
#pragma once
#include <string>

#include "edgekeep/author/publisher.h"
#include "edgekeep/sealing/keys.h"

namespace edgekeep::author {

// K_{n-1} = KDF(K_n), so the key file holds the chain's last key, K_65535, and the number of the current epoch. A new
// epoch is how devices are revoked: their licences open no grant made for it.
class EpochKeys {
 public:
  // Fails with kNotFound when the product has no chain yet.
  static Outcome<EpochKeys> Open(const Context& context, const Publisher& publisher, const ProductName& product,
                                 const SecretBytes& passphrase);
  // As Open; a product without a chain gets one, at epoch 1.
  static Outcome<EpochKeys> OpenOrCreate(const Context& context, const Publisher& publisher, const ProductName& product,
                                         const SecretBytes& passphrase);

  Epoch current() const noexcept { return current_; }

  // True when OpenOrCreate has just created the chain.
  bool is_new() const noexcept { return is_new_; }

  // K_epoch. Fails with kBadArgument for epoch 0 and for one that has not begun.
  Outcome<sealing::EpochKey> KeyOf(const Context& context, Epoch epoch) const;

  // Makes the next epoch the current one, in the file as well.
  Done BeginNext(const Context& context, const SecretBytes& passphrase);

 private:
  EpochKeys(std::string path, std::string purpose, sealing::EpochKey last, Epoch current) noexcept
      : path_(std::move(path)), purpose_(std::move(purpose)), last_(std::move(last)), current_(current) {}

  Result<signer::StoredKey> ToStored() const;

  std::string path_;
  std::string purpose_;
  sealing::EpochKey last_;
  Epoch current_;
  bool is_new_ = false;
};

}  // namespace edgekeep::author
