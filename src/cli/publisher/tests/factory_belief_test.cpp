// Where commands look for a publisher who demands a factory's list.
#include "../factory_belief.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "edgekeep/crypto/openssl/provider.h"

namespace edgekeep::cli::publisher {
namespace {

class FactoryBelief : public testing::Test {
 protected:
  FactoryBelief() { std::filesystem::create_directory(directory_); }

  ~FactoryBelief() override { std::filesystem::remove_all(directory_); }

  Session In(const std::string& directory, bool is_named) const {
    return {.context = {.provider = *provider_}, .directory = directory, .is_directory_named = is_named};
  }

  std::unique_ptr<crypto::Provider> provider_ = crypto::NewOpenSslProvider().value();
  std::string directory_ = std::filesystem::temp_directory_path() / ("belief." + std::to_string(::getpid()));
};

TEST_F(FactoryBelief, APublisherThatWasNamedByMistakeIsNotOneWhoDemandsNothing) {
  const std::string mistaken = directory_ + "/acmee";
  for (const std::string& place : {mistaken, directory_}) {
    const author::Done refused = CheckFactory(In(place, true), {}, DeviceId());
    ASSERT_FALSE(refused) << place;
    EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
    EXPECT_EQ(refused.error().where, place);
  }
  EXPECT_TRUE(CheckFactory(In(directory_, false), {}, DeviceId())) << "control: whoever names none may be anywhere";
}

TEST_F(FactoryBelief, SaysWhereItLookedForADemand) {
  const Session here = In(directory_ + "/.", false);
  const auto none = WhichListWasAsked(here, {});
  ASSERT_TRUE(none);
  EXPECT_EQ(std::string(none->list), "none");
  EXPECT_EQ(none->looked_in, directory_);
  EXPECT_NE(none->text.find(directory_), std::string::npos);
  EXPECT_NE(none->text.find("--publisher"), std::string::npos);
  std::filesystem::create_directory(directory_ + "/demanded-lists");
  const author::Done refused = CheckFactory(here, {}, DeviceId());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
  EXPECT_EQ(refused.error().where, directory_);
  EXPECT_EQ(std::string(WhichListWasAsked(here, {})->list), "demanded");
}

}  // namespace
}  // namespace edgekeep::cli::publisher
