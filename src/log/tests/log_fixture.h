// A log's keys and entries, for tests.
#pragma once
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "edgekeep/formats/signed_object.h"
#include "edgekeep/formats/trust_bundle.h"
#include "edgekeep/log/log.h"

namespace edgekeep::log {

inline constexpr UnixTime kNow{1790000000};
// Of the log that most tests have.
inline constexpr const char* kOrigin = "log.example";

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

inline constexpr std::array<std::uint8_t, 2> kBothClasses = {1, 2};

// A holder with a key of each class.
struct Person {
  std::string name;
  TestKey classical{crypto::AlgorithmId::kEd25519};
  TestKey post_quantum{crypto::AlgorithmId::kMlDsa65};

  formats::Holder AsHolder() const;
  std::string Sign(const std::string& content, std::string_view type = formats::typ::kLogEntry) const;
  static std::string SignWith(const std::string& content, const std::vector<const sealing::SigningKey*>& keys,
                              std::string_view type = formats::typ::kLogEntry);
};

formats::ContentDigest DigestOf(const std::string& content);

// The content of an entry, as one of formats' functions encodes it.
template <typename Object>
std::string Encoded(Status (*encode)(const Object&, CborWriter&), const Object& object) {
  std::string content(4096, '\0');
  CborWriter out({reinterpret_cast<std::uint8_t*>(content.data()), content.size()});
  EXPECT_TRUE(encode(object, out));
  content.resize(out.written().size());
  return content;
}

// An approval by holder "h<number>": the content of an entry.
std::string ContentOf(int number);
std::vector<NewEntry> EntriesOf(int first, int count);

}  // namespace edgekeep::log
