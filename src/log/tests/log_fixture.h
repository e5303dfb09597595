// A log's keys and entries, for tests.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "edgekeep/log/log.h"

namespace edgekeep::log {

inline constexpr UnixTime kNow{1790000000};

const crypto::Provider& Cryptography();

class TestKey final : public sealing::SigningKey {
 public:
  explicit TestKey(crypto::AlgorithmId algorithm);

  crypto::AlgorithmId algorithm() const override { return algorithm_; }

  ByteView public_key() const override { return pair_.public_key.view(); }

  Result<Bytes> Sign(ByteView message) const override;

 private:
  crypto::AlgorithmId algorithm_;
  crypto::KeyPair pair_;
};

// The keys of one log or witness, one of each class.
class TestKeys {
 public:
  explicit TestKeys(std::string name) : name_(std::move(name)) {}

  std::vector<NoteSigner> LogSigners() const { return Signers(release::log::SignatureType::kEd25519); }

  std::vector<NoteSigner> WitnessSigners() const { return Signers(release::log::SignatureType::kEd25519Cosignature); }

  // Lines of a policy: "log …".
  std::string LogLines() const;

 private:
  std::vector<NoteSigner> Signers(release::log::SignatureType classical) const;

  std::string name_;
  TestKey classical_{crypto::AlgorithmId::kEd25519};
  TestKey post_quantum_{crypto::AlgorithmId::kMlDsa44};
};

// An approval by holder "h<number>": the content of an entry.
std::string ContentOf(int number);
std::vector<NewEntry> EntriesOf(int first, int count);

}  // namespace edgekeep::log
