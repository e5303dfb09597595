#include "../policy_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace edgekeep::cli::publisher {
namespace {

class PolicyFile : public testing::Test {
 protected:
  ~PolicyFile() override { unlink(path_.c_str()); }

  author::Outcome<formats::ProductPolicy> Read(const std::string& text) {
    std::ofstream(path_, std::ios::trunc) << text;
    return ReadPolicyFile(path_);
  }

  const std::string path_ = testing::TempDir() + "policy." + std::to_string(getpid()) + ".json";
};

TEST_F(PolicyFile, IsRead) {
  const auto policy = Read(R"({"threads": 2})");
  ASSERT_TRUE(policy) << policy.error().what;
  EXPECT_EQ(policy->threads, 2U);
}

TEST_F(PolicyFile, RefusalNamesFieldAndFile) {
  const auto policy = Read(R"({"threads": 2, "output_guard": {"decimals": 9}})");
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().code, ErrorCode::kBadArgument);
  EXPECT_EQ(policy.error().what, "'output_guard.decimals' must be a whole number from 0 to 7");
  EXPECT_EQ(policy.error().where, path_);
  EXPECT_EQ(Read("threads: 2").error().what, "the policy is not one JSON object, each name in it once");
}

TEST_F(PolicyFile, ThatIsMissingOrTooLargeIsRefused) {
  EXPECT_EQ(ReadPolicyFile(path_ + ".none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Read(std::string(65537, ' ')).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace edgekeep::cli::publisher
