#include "edgekeep/formats/log_entry.h"

#include "log_samples.h"
#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

TEST(LogContent, SaysItsKind) {
  const std::vector<std::pair<LogContentKind, ByteVector>> contents = {
      {LogContentKind::kRelease, EncodedBy(EncodeReleaseEntry, SampleReleaseEntry())},
      {LogContentKind::kApproval, EncodedBy(EncodeApproval, SampleApproval())},
      {LogContentKind::kRejection, EncodedBy(EncodeRejection, SampleRejection())},
      {LogContentKind::kVerdict, EncodedBy(EncodeVerdict, SampleVerdict())},
      {LogContentKind::kKeyCeremony, EncodedBy(EncodeKeyCeremony, SampleKeyCeremony())},
      {LogContentKind::kPolicyChange, EncodedBy(EncodePolicyChange, SamplePolicyChange())},
      {LogContentKind::kEpochChange, EncodedBy(EncodeEpochChange, SampleEpochChange())},
      {LogContentKind::kRetirement, EncodedBy(EncodeRetirement, SampleRetirement())}};
  for (const auto& [kind, content] : contents) EXPECT_EQ(KindOfLogContent(content).value(), kind);
  EXPECT_EQ(KindOfLogContent(EncodedBy(EncodeLogEntry, SampleLogEntry())).error().code(), kUnsupported);
  EXPECT_EQ(KindOfLogContent(ByteVector{0xA0}).error().code(), kMalformed);
  EXPECT_EQ(KindOfLogContent(ByteVector(kMaxLogContentSize + 1)).error().code(), kTooLarge);
}

TEST(LogContent, OfOneKindIsNoOther) {
  const ByteVector approval = EncodedBy(EncodeApproval, SampleApproval());
  EXPECT_EQ(DecodeRejection(approval).error().code(), kUnsupported);
  EXPECT_EQ(DecodeVerdict(approval).error().code(), kUnsupported);
}

TEST(LogEntryTest, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodeLogEntry, SampleLogEntry());
  const LogEntry entry = DecodeLogEntry(bytes).value();
  EXPECT_EQ(entry.logged_at.value, 1790000000U);
  EXPECT_TRUE(Equal(entry.content, Filler(100, 130)));
}

TEST(LogEntryTest, FitsABundleOfTheLog) {
  const ByteVector content(kMaxLogContentSize);
  ByteVector buffer(UINT16_MAX);
  CborWriter out(buffer);
  EXPECT_TRUE(EncodeLogEntry({.logged_at = {1}, .content = content}, out));
  EXPECT_LE(out.written().size(), kMaxLogEntrySize);
  ExpectNotEncoded<LogEntry>(SampleLogEntry(), EncodeLogEntry,
                             {{"no content", kMalformed, [](LogEntry& entry) { entry.content = {}; }},
                              {"content over the limit", kTooLarge,
                               [](LogEntry& entry) {
                                 static const ByteVector kLong(kMaxLogContentSize + 1);
                                 entry.content = kLong;
                               }},
                              {"year 10000", kMalformed, [](LogEntry& entry) { entry.logged_at = {253402300800}; }}});
}

TEST(ReleaseEntryTest, IsNotEncodedWithoutItsNames) {
  ExpectNotEncoded<ReleaseEntry>(SampleReleaseEntry(), EncodeReleaseEntry,
                                 {{"no author", kMalformed, [](ReleaseEntry& entry) { entry.author = ""; }},
                                  {"no channel", kMalformed, [](ReleaseEntry& entry) { entry.channel = ""; }},
                                  {"no product", kMalformed, [](ReleaseEntry& entry) { entry.product = {}; }},
                                  {"no version", kMalformed, [](ReleaseEntry& entry) { entry.version.display = {}; }}});
}

TEST(VerdictTest, IsOfOneLogAlone) {
  const Verdict verdict = SampleVerdict();
  EXPECT_TRUE(verdict.IsOfLog("log.example/edgekeep"));
  for (const char* other : {"", "log.example", "log.example/edgekeep/", "log.example/Edgekeep"}) {
    EXPECT_FALSE(verdict.IsOfLog(other)) << other;
  }
}

TEST(VerdictTest, IsFavourableWhereNothingWasFound) {
  EXPECT_FALSE(DecodeVerdict(EncodedBy(EncodeVerdict, SampleVerdict()))->is_favourable());
  ExpectNotEncoded<Verdict>(
      SampleVerdict(), EncodeVerdict,
      {{"favourable without approvals", kMalformed,
        [](Verdict& verdict) {
          verdict.findings = {};
          verdict.approvals = {};
        }},
       {"reason 0", kUnsupported, [](Verdict& verdict) { verdict.findings[0].reason = static_cast<VerdictReason>(0); }},
       {"no detail", kMalformed, [](Verdict& verdict) { verdict.findings[0].detail = ""; }},
       {"no log", kMalformed, [](Verdict& verdict) { verdict.log = ""; }}});
}

TEST(KeyCeremonyTest, NamesEachHolderOnceInOrder) {
  ExpectNotEncoded<KeyCeremony>(
      SampleKeyCeremony(), EncodeKeyCeremony,
      {{"holder twice", kMalformed, [](KeyCeremony& ceremony) { ceremony.holders[1] = "anna"; }},
       {"out of order", kMalformed, [](KeyCeremony& ceremony) { ceremony.holders[0] = "zora"; }},
       {"threshold over holders", kMalformed, [](KeyCeremony& ceremony) { ceremony.threshold = 4; }},
       {"kind 5", kUnsupported, [](KeyCeremony& ceremony) { ceremony.kind = static_cast<CeremonyKind>(5); }}});
}

}  // namespace
}  // namespace edgekeep::formats
