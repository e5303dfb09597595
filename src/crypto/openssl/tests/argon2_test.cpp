#include "../argon2.h"

#include <gtest/gtest.h>

#include "../../tests/test_provider.h"
#include "../../tests/vectors.h"

namespace edgekeep::crypto::test {
namespace {

// RFC 9106 §5.3.
TEST(Argon2id, Rfc9106) {
  const Library library = Library::Open().value();
  const ByteVector password(32, 0x01);
  const ByteVector salt(16, 0x02);
  const ByteVector secret(8, 0x03);
  const ByteVector associated_data(12, 0x04);
  ByteVector tag(32);
  ASSERT_TRUE(RunArgon2id(library,
                          {.password = password,
                           .salt = salt,
                           .secret = secret,
                           .associated_data = associated_data,
                           .memory_kib = 32,
                           .passes = 3,
                           .lanes = 4},
                          tag));
  EXPECT_EQ(tag, UnHex("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"));
}

struct Cost {
  std::size_t salt_size;
  std::uint32_t memory_kib;
  std::uint32_t passes;
  std::uint32_t lanes;
  std::size_t out_size;
};

ErrorCode CodeFor(const Cost& cost) {
  ByteVector out(cost.out_size);
  const Status status = TestProvider().Argon2id(AsBytes("password"), ByteVector(cost.salt_size), cost.memory_kib,
                                                cost.passes, cost.lanes, out);
  return status ? ErrorCode{} : status.error().code();
}

TEST(Argon2id, RefusesCostsOutsideTheRfc) {
  EXPECT_EQ(CodeFor({8, 8, 1, 1, 4}), ErrorCode{});
  EXPECT_EQ(CodeFor({7, 8, 1, 1, 4}), ErrorCode::kBadArgument);
  EXPECT_EQ(CodeFor({8, 7, 1, 1, 4}), ErrorCode::kBadArgument);
  EXPECT_EQ(CodeFor({8, 31, 1, 4, 4}), ErrorCode::kBadArgument);
  EXPECT_EQ(CodeFor({8, 8, 0, 1, 4}), ErrorCode::kBadArgument);
  EXPECT_EQ(CodeFor({8, 8, 1, 0, 4}), ErrorCode::kBadArgument);
  EXPECT_EQ(CodeFor({8, 8, 1, 1, 3}), ErrorCode::kBadArgument);
}

// The numbers come from a file that anybody may have written: they must not cost memory or time before they are
// refused.
TEST(Argon2id, RefusesRuinousCosts) {
  EXPECT_EQ(CodeFor({8, 1024 * 1024 + 1, 1, 1, 32}), ErrorCode::kTooLarge);
  EXPECT_EQ(CodeFor({8, 0xffffffff, 1, 1, 32}), ErrorCode::kTooLarge);
  EXPECT_EQ(CodeFor({8, 64, 0xffffffff, 1, 32}), ErrorCode::kTooLarge);
  EXPECT_EQ(CodeFor({8, 64, 1, 0xffffffff, 32}), ErrorCode::kTooLarge);
  EXPECT_EQ(CodeFor({8, 64, 1, 1, 1025}), ErrorCode::kTooLarge);
}

TEST(Argon2id, TakesAnEmptyPassword) {
  ByteVector out(32);
  EXPECT_TRUE(TestProvider().Argon2id({}, ByteVector(16), 64, 1, 1, out));
  EXPECT_NE(out, ByteVector(32));
}

}  // namespace
}  // namespace edgekeep::crypto::test
