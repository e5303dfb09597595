// Whom a licence server renews for where the publisher demands identities.
#include "../renewal_service.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "../wording.h"
#include "edgekeep/crypto/openssl/provider.h"

namespace edgekeep::cli::publisher {
namespace {

TEST(RenewalService, RenewsForNobodyWithoutAnIdentityWhereTheyAreDemanded) {
  const auto provider = crypto::NewOpenSslProvider().value();
  const std::filesystem::path directory =
      std::filesystem::temp_directory_path() / ("edgekeep-renewals-" + std::to_string(::getpid()));
  std::filesystem::create_directories(directory / "identities");
  Session session{.context = {.provider = *provider, .now = {1}}, .report = {}, .directory = directory};
  const DeviceId device;
  const auto allowed = [&](const std::string& identities) { return ListedAmong(session, identities)(device); };
  EXPECT_TRUE(allowed("")) << "control: nobody demands any";
  EXPECT_TRUE(allowed(directory / "identities"));
  std::filesystem::create_directory(directory / "demanded-lists");
  EXPECT_EQ(allowed("").error().code, ErrorCode::kForbidden);
  const auto unknown = allowed(directory / "identities");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kForbidden);
  EXPECT_NE(unknown.error().where.find(Hex(device.view()) + ".eki"), std::string::npos) << unknown.error().where;
  std::ofstream(directory / "identities" / (Hex(device.view()) + ".eki")) << "no identity";
  EXPECT_FALSE(allowed(directory / "identities"));
  EXPECT_EQ(::prctl(PR_GET_DUMPABLE), 1);
  const auto service = RenewalService::Open(session, "");
  EXPECT_EQ(::prctl(PR_GET_DUMPABLE), 0) << "keys end in no core";
  ::prctl(PR_SET_DUMPABLE, 1);
  ASSERT_FALSE(service);
  EXPECT_EQ(service.error().code, ErrorCode::kForbidden) << "it says so before anybody asks";
  std::filesystem::remove_all(directory);
}

TEST(RenewalLog, SaysARefusalOnceAnHourAndEachRenewal) {
  RenewalLog log;
  const auto refused = [](const char* what) {
    return author::RenewalAnswer{.licence = author::Failure{ErrorCode::kForbidden, what, "where", "advice"},
                                 .subject = author::RenewalSubject{{}, {}, ProductName::Parse("acme/a").value()}};
  };
  EXPECT_FALSE(log.LineFor({.licence = author::Failure{}, .subject = {}}, {0})) << "nobody knows whose it is";
  const auto first = log.LineFor(refused("stopped"), {5000});
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->starts_with("acme/a device 00")) << *first;
  EXPECT_TRUE(first->ends_with(": refused, forbidden: stopped")) << *first;
  EXPECT_FALSE(log.LineFor(refused("stopped"), {8599}));
  EXPECT_TRUE(log.LineFor(refused("given back"), {8599}));
  EXPECT_FALSE(log.LineFor(refused("stopped"), {8599})) << "two in turn";
  EXPECT_TRUE(log.LineFor(refused("stopped"), {12'199}));
  EXPECT_TRUE(log.LineFor(refused("stopped"), {199})) << "a clock that was turned back";
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(log.LineFor({.licence = Bytes(), .subject = refused("").subject}, {12'200}));
  EXPECT_TRUE(log.LineFor(refused("stopped"), {12'200})) << "it was renewed meanwhile";
}

// The request's signatures were right by then: what is forged lies in the publisher's directory.
TEST(RenewalLog, SaysThatWhatIsForgedIsTheLicensorsOwn) {
  RenewalLog log;
  const auto line = log.LineFor({.licence = author::Failure{ErrorCode::kBadSignature, "signature", "renewed/1", ""},
                                 .subject = author::RenewalSubject{{}, {}, ProductName::Parse("acme/a").value()}},
                                {5000});
  ASSERT_TRUE(line);
  EXPECT_TRUE(line->ends_with(": FAILED, bad-signature: signature: renewed/1")) << *line;
}

// Whoever recorded the requests of many devices.
TEST(RenewalLog, SaysSoMuchInAnHourAndNoMore) {
  RenewalLog log;
  int num_lines = 0;
  const auto say = [&](int i, UnixTime now) {
    formats::LicenceId id;
    id.mutable_view()[0] = static_cast<std::uint8_t>(i);
    id.mutable_view()[1] = static_cast<std::uint8_t>(i >> 8);
    const auto line = log.LineFor({.licence = author::Failure{ErrorCode::kForbidden, "stopped", "where", "advice"},
                                   .subject = author::RenewalSubject{id, {}, ProductName::Parse("acme/a").value()}},
                                  now);
    num_lines += line ? 1 : 0;
  };
  for (int i = 0; i < 40'000; ++i) say(i, {5000});
  EXPECT_EQ(num_lines, 16'384);
  for (int i = 0; i < 40'000; ++i) say(i, {8599});
  EXPECT_EQ(num_lines, 16'384);
  say(39'000, {8660});
  EXPECT_EQ(num_lines, 16'385) << "control";
}

}  // namespace
}  // namespace edgekeep::cli::publisher
