#include "edgekeep/log/directory_check.h"

#include "edgekeep/log/log.h"
#include "edgekeep/log/tiles.h"
#include "faulty_storage.h"
#include "log_fixture.h"

namespace edgekeep::log {
namespace {

constexpr auto kSeeNothing = [](std::uint64_t, const formats::LogEntry&) -> Status { return {}; };

class LogFiles : public testing::Test {
 protected:
  void SetUp() override {
    Log log = Log::Create(Cryptography(), storage_, keys_.LogSigners(), kNow).value();
    head_ = log.Append(EntriesOf(0, 300), kNow)->head;
    note_ = log.checkpoint();
  }

  ErrorCode Check(const Storage& storage, const std::string& prefix) const {
    const Status status = CheckLogFiles(Cryptography(), storage, prefix, head_, kSeeNothing);
    return status ? ErrorCode{} : status.error().code();
  }

  TestKeys keys_{"log.example"};
  FaultyStorage storage_;
  release::log::TreeHead head_;
  std::string note_;
};

TEST_F(LogFiles, AreWholeAsTheyWereWritten) {
  EXPECT_EQ(Check(storage_, kPublicPrefix), ErrorCode{});
}

TEST_F(LogFiles, OneChangedByteInAnyOfThemIsFound) {
  for (const char* path : {"public/tile/0/000", "public/tile/0/001.p/44", "public/tile/1/000.p/1",
                           "public/tile/entries/000", "public/tile/entries/001.p/44"}) {
    const auto copy = storage_.Copy();
    std::string content = copy->Read(path, kMaxBundleSize).value();
    for (const std::size_t at : {std::size_t{20}, content.size() / 2, content.size() - 1}) {
      content[at] = static_cast<char>(content[at] ^ 1);
      ASSERT_TRUE(copy->Write(path, AsBytes(content)));
      EXPECT_NE(Check(*copy, kPublicPrefix), ErrorCode{}) << path << " at " << at;
      content[at] = static_cast<char>(content[at] ^ 1);
    }
    ASSERT_TRUE(copy->Write(path, AsBytes(content)));
    EXPECT_EQ(Check(*copy, kPublicPrefix), ErrorCode{}) << path;
  }
}

TEST_F(LogFiles, AreExportedWithoutWhatAnotherSizeNeeded) {
  FaultyStorage exported;
  ASSERT_TRUE(ExportLog(Cryptography(), storage_, kPublicPrefix, note_, exported));
  EXPECT_EQ(Check(exported, ""), ErrorCode{});
  EXPECT_EQ(exported.Read("checkpoint", 100000).value(), note_);
  EXPECT_FALSE(exported.Read("state/checkpoint", 100000));
  // An earlier size's checkpoint needs tiles that are whole by now.
  Log log = Log::Open(Cryptography(), storage_, keys_.LogSigners()).value();
  ASSERT_TRUE(log.Append(EntriesOf(300, 300), kNow));
  FaultyStorage earlier;
  ASSERT_TRUE(ExportLog(Cryptography(), storage_, kPublicPrefix, note_, earlier));
  EXPECT_EQ(Check(earlier, ""), ErrorCode{});
}

TEST_F(LogFiles, AreExportedWithTheirStatementsFromAnExportToo) {
  Log log = Log::Open(Cryptography(), storage_, keys_.LogSigners()).value();
  ASSERT_TRUE(log.Append({{ContentOf(300), "signed"}}, kNow));
  FaultyStorage exported;
  FaultyStorage again;
  ASSERT_TRUE(ExportLog(Cryptography(), storage_, kPublicPrefix, log.checkpoint(), exported));
  ASSERT_TRUE(ExportLog(Cryptography(), exported, "", log.checkpoint(), again));
  const std::string path = StatementPath(300);
  EXPECT_EQ(exported.Read(path, 100).value(), "signed") << "control: from the log itself";
  EXPECT_EQ(again.Read(path, 100).value_or("lost"), "signed");
  EXPECT_FALSE(again.Read(StatementPath(299), 100));
}

}  // namespace
}  // namespace edgekeep::log
