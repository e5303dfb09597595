// Metadata that an independent implementation signed with keys of every type (spec/vectors/release).
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "fixture/device.h"

namespace edgekeep::release::fixture {
namespace {

std::string Vector(const std::string& name) {
  const char* source = std::getenv("EDGEKEEP_SOURCE");
  EXPECT_NE(source, nullptr);
  std::ifstream file(std::string(source) + "/spec/vectors/release/" + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(file.good()) << name;
  return text.str();
}

std::string Verdict(const std::string& root) {
  MemoryStore store;
  const Status status = Initialise(TestProvider(), store, AsBytes(root));
  return status ? "accepted" : Said(status.error());
}

// The threshold is the number of keys: each signature must pass.
TEST(ReleaseVectors, EveryTypeOfKeyVerifies) {
  const std::string root = Vector("every-key-type.root.json");
  EXPECT_EQ(Verdict(root), "accepted");
  int num_signatures = 0;
  for (std::size_t at = root.find("\"sig\": \""); at != std::string::npos; at = root.find("\"sig\": \"", at + 1)) {
    ++num_signatures;
    // Within the number s, the encoded hash or the vector z: anywhere behind the first bytes, which give lengths.
    std::string changed = root;
    char& digit = changed[at + 8 + 40];
    digit = digit == '0' ? '1' : '0';
    EXPECT_EQ(Verdict(changed), "bad-signature: signatures of a role") << num_signatures;
  }
  EXPECT_EQ(num_signatures, 10);
}

TEST(ReleaseVectors, WhatNobodyKnowsIsSignedToo) {
  std::string root = Vector("every-key-type.root.json");
  const std::size_t at = root.find("tab");
  ASSERT_NE(at, std::string::npos);
  root[at] = 'T';
  EXPECT_EQ(Verdict(root), "bad-signature: signatures of a role");
}

}  // namespace
}  // namespace edgekeep::release::fixture
