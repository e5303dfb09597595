#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "edgekeep/probe/scan.h"
#include "held_process.h"

namespace edgekeep::probe {
namespace {

constexpr std::uint64_t kWords = 64 * 1024 / 4;

std::vector<Canary> WeightCanary() {
  return {*ParseCanary("3a5a")};
}

Report Scan(const HeldProcess& process, const std::vector<Canary>& canaries) {
  const Result<Report> report = ScanProcess(process.pid(), canaries);
  EXPECT_TRUE(report);
  return report ? *report : Report{};
}

class MemoryKind : public testing::TestWithParam<const char*> {};

TEST_P(MemoryKind, IsFoundWhileThereAndNotAfterWiping) {
  HeldProcess process({GetParam()});
  ASSERT_EQ(process.greeting(), "ready");
  EXPECT_EQ(Scan(process, WeightCanary()).total_found(), kWords);
  process.Wipe();
  const Report after = Scan(process, WeightCanary());
  EXPECT_EQ(after.total_found(), 0U);
  EXPECT_GT(after.scanned_bytes, kWords * 4);
}

INSTANTIATE_TEST_SUITE_P(All, MemoryKind, testing::Values("private", "data", "shared", "guarded"));

TEST(ProcessScan, FindsWhatLiesInAMappedMemoryFile) {
  HeldProcess process({"memfd"});
  ASSERT_EQ(process.greeting(), "ready");
  const Report report = Scan(process, WeightCanary());
  // Once where it is mapped, once through the descriptor that is held.
  EXPECT_EQ(report.total_found(), 2 * kWords);
  EXPECT_TRUE(
      std::ranges::any_of(report.found, [](const Place& place) { return place.where.find("memfd:ring") == 1; }));
  process.Wipe();
  EXPECT_EQ(Scan(process, WeightCanary()).total_found(), 0U);
}

TEST(ProcessScan, FindsWhatLiesInAMemoryFileThatIsHeldButNotMapped) {
  const HeldProcess process({"held"});
  ASSERT_EQ(process.greeting(), "ready");
  const Report report = Scan(process, WeightCanary());
  ASSERT_EQ(report.found.size(), 1U);
  EXPECT_EQ(report.found[0].where, "held open: /memfd:held (deleted)");
  EXPECT_EQ(report.found[0].count, kWords);
}

TEST(ProcessScan, ReportsSecretMemoryAsSecret) {
  const HeldProcess process({"secret"});
  if (process.greeting() == "unavailable") GTEST_SKIP() << "SKIP secret memory: this kernel has no memfd_secret";
  ASSERT_EQ(process.greeting(), "ready");
  const Report report = Scan(process, WeightCanary());
  EXPECT_EQ(report.total_found(), 0U);
  EXPECT_EQ(report.total_secret(), kWords * 4);
  EXPECT_TRUE(report.unreadable.empty());
}

TEST(ProcessScan, ReportsWhatCannotBeReadAsUnreadable) {
  const HeldProcess process({"beyond"});
  ASSERT_EQ(process.greeting(), "ready");
  const Report report = Scan(process, WeightCanary());
  EXPECT_EQ(report.total_unreadable(), kWords * 4);
  EXPECT_TRUE(report.secret.empty());
}

TEST(ProcessScan, CountsNothingWhereTagsAreSparseOrAbsent) {
  for (const char* kind : {"sparse", "nothing"}) {
    const HeldProcess process({kind});
    ASSERT_EQ(process.greeting(), "ready");
    EXPECT_EQ(Scan(process, WeightCanary()).total_found(), 0U) << kind;
  }
}

TEST(ProcessScan, FindsAMarkerAcrossPages) {
  HeldProcess process({"marker"});
  ASSERT_EQ(process.greeting(), "ready");
  Marker marker;
  for (std::size_t i = 0; i < 16; ++i) marker.bytes.push_back(static_cast<std::uint8_t>(i * 37 + 11));
  EXPECT_EQ(Scan(process, {marker}).total_found(), 1U);
  EXPECT_EQ(Scan(process, WeightCanary()).total_found(), 0U);
  process.Wipe();
  EXPECT_EQ(Scan(process, {marker}).total_found(), 0U);
}

TEST(ProcessScan, RefusesAProcessThatIsNotThere) {
  const Result<Report> report = ScanProcess(0x3FFFFFFF, WeightCanary());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), ErrorCode::kNotFound);
}

TEST(ProcessesOf, AreThoseStartedForTheRoot) {
  const HeldProcess ours({"nothing", "--root", "/tmp/device-a"}, "edgekeep-cell");
  const HeldProcess same({"nothing", "--root=/tmp/x/../device-a/"}, "edgekeep-keep");
  const HeldProcess other({"nothing", "--root", "/tmp/device-b"}, "edgekeep-cell");
  const HeldProcess stranger({"nothing", "--root", "/tmp/device-a"});
  std::vector<pid_t> found;
  for (const ProcessName& process : ProcessesOf("/tmp/device-a")) found.push_back(process.pid);
  std::ranges::sort(found);
  std::vector<pid_t> expected = {ours.pid(), same.pid()};
  std::ranges::sort(expected);
  EXPECT_EQ(found, expected);
}

TEST(ProcessesOf, NamesThem) {
  const HeldProcess ours({"nothing", "--root", "/tmp/device-c"}, "edgekeep-cell");
  const std::vector<ProcessName> found = ProcessesOf("/tmp/device-c");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "edgekeep-cell");
}

}  // namespace
}  // namespace edgekeep::probe
