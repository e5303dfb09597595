// The signed objects of another implementation.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "edgekeep/base/hex.h"
#include "edgekeep/formats/trust_policy.h"
#include "edgekeep/sealing/signed_object.h"
#include "fixture/person.h"

namespace edgekeep::release {
namespace {

using fixture::TestProvider;
using PolicyVector = std::vector<std::uint8_t>;

TEST(TrustPolicyVectors, AreSignedAsAnIndependentImplementationSigns) {
  const char* source = std::getenv("EDGEKEEP_SOURCE");
  std::ifstream file(std::string(source != nullptr ? source : ".") + "/spec/vectors/trust-policy.json");
  const auto vectors = nlohmann::json::parse(file);
  const auto bytes_of = [](const nlohmann::json& hex) {
    const auto& text = hex.get_ref<const std::string&>();
    PolicyVector bytes(text.size() / 2);
    EXPECT_TRUE(FromHex(text, bytes));
    return bytes;
  };
  std::vector<PolicyVector> keys;
  for (const auto& key : vectors.at("derivation").at("root_holders")) keys.push_back(bytes_of(key.at("bytes")));
  std::vector<formats::Holder> holders(keys.size() / 2);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::uint16_t algorithm = i % 2 == 0 ? 0x0101 : 0x0112;
    ASSERT_TRUE(holders[i / 2].keys.PushBack({.algorithm = algorithm, .bytes = keys[i]}));
  }
  const std::array<std::uint8_t, 2> classes = {1, 2};
  int num_signed = 0;
  for (const auto& object : vectors.at("objects")) {
    if (object.at("kind") != "signed-object") continue;
    const std::string type = object.at("type");
    const unsigned people = type == formats::typ::kTrustPolicy ? 2 : 3;
    const PolicyVector whole = bytes_of(object.at("hex"));
    EXPECT_TRUE(sealing::VerifyObjectByQuorum(TestProvider(), type, whole, holders, classes, people));
    EXPECT_FALSE(sealing::VerifyObjectByQuorum(TestProvider(), type, whole, holders, classes, people + 1));
    ++num_signed;
  }
  EXPECT_EQ(num_signed, 2);
}

}  // namespace
}  // namespace edgekeep::release
