// Nothing of a model stays in the memory of a cell that has ended its work; the same scan finds it before.
#include <gtest/gtest.h>

#include <cstdio>

#include "cell_under_test.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/probe/scan.h"
#include "installed_model.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::cell {
namespace {

using engine::testing::TestModel;

// A model of tools/testmodels whose weights have tagged upper halves. Large ones the C library keeps in mappings of
// their own, which it gives back to the kernel; many small ones stay in its heap when they are freed.
struct TaggedModel {
  const char* name;
  std::uint64_t words;
  std::int64_t width;
};

constexpr TaggedModel kFewLarge{"tagged", 2ULL * 1024 * 1024, 1024};
constexpr TaggedModel kManySmall{"tagged-small", 40ULL * 128 * 128, 128};

std::uint64_t TagsIn(const CellUnderTest& cell) {
  const probe::Canary tag = probe::WeightTag{0x3A59};
  const auto report = probe::ScanProcess(cell.pid(), {&tag, 1});
  EXPECT_TRUE(report);
  if (!report) return ~0ULL;
  std::uint64_t count = 0;
  for (const probe::Place& place : report->found) {
    // A table of the engine's own happens to look like a few tags.
    if (place.where.find("libonnxruntime") == std::string::npos) count += place.count;
  }
  return count;
}

struct TagCounts {
  std::uint64_t while_open = 0;
  std::uint64_t after_close = 0;
};

TagCounts ServeAndScan(const TaggedModel& tagged, const std::string& binary, bool prepared) {
  InstalledModel model(TestModel(tagged.name));
  CellUnderTest installer({.purpose = isolation::Purpose::kInstall});
  EXPECT_TRUE(installer.Hello());
  EXPECT_TRUE(model.Install(installer));
  CellUnderTest cell({.binary = binary});
  EXPECT_TRUE(cell.Hello());
  EXPECT_TRUE(model.Serve(cell, prepared));
  const std::vector<float> ones(static_cast<std::size_t>(4 * tagged.width), 1);
  EXPECT_TRUE(model.Call(ones, {1, 4, tagged.width}));
  TagCounts counts{.while_open = TagsIn(cell)};
  cell.HangUpControl();
  EXPECT_TRUE(cell.WaitUntilDone());
  counts.after_close = TagsIn(cell);
  return counts;
}

class WipingOf : public ::testing::TestWithParam<TaggedModel> {};

TEST_P(WipingOf, APreparedModelLeavesNothing) {
#ifdef EK_INSTRUMENTED
  GTEST_SKIP() << "SKIP scan of a cell: sanitizers map terabytes, which no scan comes to the end of";
#endif
  const TagCounts counts = ServeAndScan(GetParam(), EK_UNCONFINED_CELL, true);
  EXPECT_GE(counts.while_open, GetParam().words);
  EXPECT_EQ(counts.after_close, 0U);
}

TEST_P(WipingOf, ACanonicalModelLeavesNothing) {
#ifdef EK_INSTRUMENTED
  GTEST_SKIP() << "SKIP zeroising free: sanitizers bring an allocator of their own";
#else
  const TagCounts counts = ServeAndScan(GetParam(), EK_UNCONFINED_CELL, false);
  EXPECT_GE(counts.while_open, GetParam().words);
  EXPECT_EQ(counts.after_close, 0U);
#endif
}

INSTANTIATE_TEST_SUITE_P(Models, WipingOf, ::testing::Values(kFewLarge, kManySmall));

// Control: with the C library's free, what the engine copied stays in freed memory.
TEST(Wiping, ControlWithoutZeroisingMuchStays) {
#ifdef EK_INSTRUMENTED
  GTEST_SKIP() << "SKIP zeroising free: sanitizers bring an allocator of their own";
#else
  EXPECT_GT(ServeAndScan(kManySmall, EK_UNWIPED_CELL, false).after_close, 1000U);
#endif
}

TEST(Wiping, InstallingLeavesNothing) {
#ifdef EK_INSTRUMENTED
  GTEST_SKIP() << "SKIP zeroising free: sanitizers bring an allocator of their own";
#else
  InstalledModel model(TestModel("tagged"));
  CellUnderTest installer({.purpose = isolation::Purpose::kInstall});
  ASSERT_TRUE(installer.Hello());
  ASSERT_TRUE(model.Install(installer));
  ASSERT_TRUE(installer.WaitUntilDone());
  EXPECT_EQ(TagsIn(installer), 0U);
#endif
}

std::uint64_t FoundIn(const CellUnderTest& cell, const std::vector<float>& values) {
  const auto hex = ToHex({reinterpret_cast<const std::uint8_t*>(values.data()), 4 * sizeof(float)});
  const probe::Canary marker = probe::ParseCanary(hex.view()).value();
  const auto report = probe::ScanProcess(cell.pid(), {&marker, 1});
  EXPECT_TRUE(report);
  std::uint64_t count = 0;
  for (const probe::Place& place : report->found) count += place.count;
  return count;
}

// What was asked and answered is gone like the model; the same scan finds it before.
TEST(Wiping, InputsAndOutputsAreGoneAfterClose) {
#ifdef EK_INSTRUMENTED
  GTEST_SKIP() << "SKIP scan of a cell: sanitizers map terabytes, which no scan comes to the end of";
#endif
  InstalledModel model(TestModel("affine"));
  CellUnderTest installer({.purpose = isolation::Purpose::kInstall});
  ASSERT_TRUE(installer.Hello());
  ASSERT_TRUE(model.Install(installer));
  CellUnderTest cell;
  ASSERT_TRUE(cell.Hello());
  ASSERT_TRUE(model.Serve(cell, true));
  std::vector<float> asked(4096, 1);
  for (std::size_t i = 0; i < 4; ++i) asked[i] = 12345.0F + static_cast<float>(i);
  const auto answered = model.Call(asked, {4096});
  ASSERT_TRUE(answered);
  EXPECT_GE(FoundIn(cell, asked), 1U);
  EXPECT_GE(FoundIn(cell, *answered), 1U);
  cell.HangUpControl();
  ASSERT_TRUE(cell.WaitUntilDone());
  EXPECT_EQ(FoundIn(cell, asked), 0U);
  EXPECT_EQ(FoundIn(cell, *answered), 0U);
}

int OutputOf(const char* program) {
  std::FILE* const pipe = popen(program, "r");
  int number = -1;
  if (pipe == nullptr || std::fscanf(pipe, "%d", &number) != 1) number = -1;
  if (pipe != nullptr) pclose(pipe);
  return number;
}

// Every allocating function's memory is zero once it was given back; control: the C library's is not.
TEST(Wiping, FreedMemoryIsZero) {
#ifdef EK_INSTRUMENTED
  GTEST_SKIP() << "SKIP zeroising free: sanitizers bring an allocator of their own";
#else
  const int with = OutputOf(EK_FREED_MEMORY);
  const int without = OutputOf(EK_FREED_MEMORY_UNWIPED);
  EXPECT_GE(with, 0);
  EXPECT_LT(with, 8);
  EXPECT_GT(without, 1000);
#endif
}

TEST(Wiping, StacksOfEndedThreadsAreZero) {
#ifdef EK_INSTRUMENTED
  GTEST_SKIP() << "SKIP wiped stacks: sanitizers start threads their own way";
#else
  EXPECT_EQ(OutputOf(EK_ENDED_THREAD), 0);
  // The C library itself gives back what lies deeper than some pages.
  EXPECT_GT(OutputOf(EK_ENDED_THREAD_UNWIPED), 1000);
#endif
}

}  // namespace
}  // namespace edgekeep::cell
