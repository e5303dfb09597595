// spec/vectors/log.json, made by an independent implementation (tools/vectors/log).
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "edgekeep/base/hex.h"
#include "edgekeep/release/log/log_proof.h"
#include "signing.h"

namespace edgekeep::release::log {
namespace {

using Json = nlohmann::json;
using ByteVector = std::vector<std::uint8_t>;

const Json& Vectors() {
  static const Json vectors = [] {
    const char* source = std::getenv("EDGEKEEP_SOURCE");
    std::ifstream file(std::string(source != nullptr ? source : ".") + "/spec/vectors/log.json");
    return Json::parse(file);
  }();
  return vectors;
}

ByteVector BytesOf(const Json& hex) {
  const auto& text = hex.get_ref<const std::string&>();
  ByteVector bytes(text.size() / 2);
  EXPECT_TRUE(FromHex(text, bytes));
  return bytes;
}

Digest DigestOf(const Json& hex) {
  return Digest::From(BytesOf(hex)).value();
}

std::vector<Digest> PathOf(const Json& list) {
  std::vector<Digest> path;
  for (const Json& hash : list) path.push_back(DigestOf(hash));
  return path;
}

TreeHead HeadOfSize(std::size_t size) {
  return {.size = size, .root = DigestOf(Vectors().at("trees").at(size).at("root"))};
}

TEST(LogVectors, KeysHaveTheirIds) {
  for (const Json& vector : Vectors().at("keys")) {
    const auto key = VerifierKey::Parse(Cryptography(), vector.at("vkey").get<std::string>());
    ASSERT_TRUE(key) << vector.at("name");
    EXPECT_EQ(key->name(), vector.at("name"));
    EXPECT_EQ(static_cast<int>(key->type()), vector.at("type"));
    EXPECT_TRUE(Equal(key->id().view(), BytesOf(vector.at("id"))));
    EXPECT_TRUE(Equal(key->public_key(), BytesOf(vector.at("public_key"))));
    const auto made = Cryptography().PublicKeyOf(key->algorithm(), BytesOf(vector.at("seed")));
    EXPECT_TRUE(Equal(key->public_key(), made->view()));
  }
}

TEST(LogVectors, KeysAreRefusedByName) {
  for (const Json& vector : Vectors().at("refused_keys")) {
    EXPECT_EQ(NameOfError(VerifierKey::Parse(Cryptography(), vector.at("vkey").get<std::string>())), vector.at("error"))
        << vector.at("name");
  }
}

TEST(LogVectors, MessagesAreTheSpecifications) {
  for (const Json& vector : Vectors().at("messages")) {
    const auto key = VerifierKey::Parse(Cryptography(), vector.at("vkey").get<std::string>()).value();
    const std::string text = vector.at("checkpoint");
    const Bytes message = MessageFor(key, ParseCheckpoint(text).value(), {vector.at("time")}).value();
    EXPECT_TRUE(Equal(message.view(), BytesOf(vector.at("message"))));
  }
}

TEST(LogVectors, LeavesAndProofsAreTheTrees) {
  const Json& entries = Vectors().at("entries");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(LeafHash(Cryptography(), BytesOf(entries[i])).value(), DigestOf(Vectors().at("leaves")[i]));
  }
  EXPECT_EQ(EmptyRoot(Cryptography()).value(), HeadOfSize(0).root);
  for (const Json& vector : Vectors().at("inclusion")) {
    const std::size_t index = vector.at("index");
    EXPECT_TRUE(VerifyInclusion(Cryptography(), index, DigestOf(Vectors().at("leaves")[index]),
                                PathOf(vector.at("path")), HeadOfSize(vector.at("size"))))
        << vector;
  }
  for (const Json& vector : Vectors().at("consistency")) {
    EXPECT_TRUE(VerifyConsistency(Cryptography(), HeadOfSize(vector.at("earlier")), HeadOfSize(vector.at("later")),
                                  PathOf(vector.at("path"))))
        << vector;
  }
}

TEST(LogVectors, ProofsGetTheirVerdicts) {
  for (const Json& vector : Vectors().at("proofs")) {
    const auto policy = Policy::Parse(Cryptography(), vector.at("policy").get<std::string>());
    ASSERT_TRUE(policy) << vector.at("name") << ": " << policy.error().where();
    const auto logged =
        VerifyLogProof(Cryptography(), *policy, vector.at("proof").get<std::string>(), BytesOf(vector.at("entry")));
    ASSERT_EQ(NameOfError(logged), vector.at("verdict")) << vector.at("name");
    if (!logged) continue;
    EXPECT_EQ(logged->index(), vector.at("index")) << vector.at("name");
    EXPECT_EQ(logged->checkpoint().cosigned_at().value, vector.at("cosigned_at")) << vector.at("name");
  }
}

TEST(LogVectors, ProofsAreRefusedByName) {
  for (const Json& vector : Vectors().at("refused_proofs")) {
    EXPECT_EQ(NameOfError(ParseLogProof(vector.at("proof").get<std::string>())), vector.at("error"))
        << vector.at("name");
  }
}

TEST(LogVectors, PoliciesAreAcceptedAndRefusedByName) {
  for (const Json& vector : Vectors().at("policies")) {
    EXPECT_EQ(NameOfError(Policy::Parse(Cryptography(), vector.at("policy").get<std::string>())), "trusted")
        << vector.at("name");
  }
  for (const Json& vector : Vectors().at("refused_policies")) {
    EXPECT_EQ(NameOfError(Policy::Parse(Cryptography(), vector.at("policy").get<std::string>())), vector.at("error"))
        << vector.at("name");
  }
}

}  // namespace
}  // namespace edgekeep::release::log
