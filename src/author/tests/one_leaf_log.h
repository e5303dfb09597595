// A transparency log of one entry, and the proof that a release is it: enough where nobody asks for a verdict.
#pragma once
#include <string>
#include <vector>

#include "edgekeep/base/base64.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/release_proof.h"
#include "edgekeep/release/log/checkpoint.h"
#include "edgekeep/release/log/policy.h"
#include "fixture/person.h"

namespace edgekeep::author {

class OneLeafLog {
 public:
  release::log::Policy Policy() const {
    std::vector<std::uint8_t> key = {static_cast<std::uint8_t>(kType)};
    key.insert(key.end(), key_.public_key().begin(), key_.public_key().end());
    const std::string text =
        "log log.example+" + std::string(ToHex(Verifier().id().view()).view()) + "+" + InBase64(key);
    return release::log::Policy::Parse(Provider(), text + "\nquorum none\n").value();
  }

  std::string Prove(ByteView content) const {
    const formats::LogEntry logged{.logged_at = {1'700'000'000}, .content = content};
    const std::string entry = Encoded(logged, formats::EncodeLogEntry);
    const Digest root = release::log::LeafHash(Provider(), AsBytes(entry)).value();
    const std::string text = "log.example\n1\n" + InBase64(root.view()) + "\n";
    const auto checkpoint = release::log::ParseCheckpoint(text).value();
    const Bytes message = release::log::MessageFor(Verifier(), checkpoint, {}).value();
    const Bytes signature = key_.Sign(message.view()).value();
    const ByteView id = Verifier().id().view();
    std::vector<std::uint8_t> line(id.begin(), id.end());
    line.insert(line.end(), signature.view().begin(), signature.view().end());
    const std::string note = text + "\n\u2014 log.example " + InBase64(line) + "\n";
    const std::string inclusion = "c2sp.org/tlog-proof@v1\nindex 0\n\n";
    return Encoded(formats::ReleaseProof{.checkpoint = note, .release = {AsBytes(entry), inclusion}, .verdict = {}},
                   formats::EncodeReleaseProof);
  }

 private:
  static constexpr auto kType = release::log::SignatureType::kEd25519;

  static const crypto::Provider& Provider() { return release::fixture::TestProvider(); }

  static std::string InBase64(ByteView bytes) {
    std::string text(Base64Size(bytes.size()), '\0');
    EncodeBase64(bytes, text);
    return text;
  }

  template <typename Object>
  static std::string Encoded(const Object& object, Status (*encode)(const Object&, CborWriter&)) {
    std::vector<std::uint8_t> buffer(formats::kMaxReleaseProofSize);
    CborWriter writer(buffer);
    EXPECT_TRUE(encode(object, writer));
    return std::string(AsText(writer.written()));
  }

  release::log::VerifierKey Verifier() const {
    return release::log::VerifierKey::Create(Provider(), "log.example", kType, key_.public_key()).value();
  }

  release::fixture::TestKey key_{crypto::AlgorithmId::kEd25519};
};

}  // namespace edgekeep::author
