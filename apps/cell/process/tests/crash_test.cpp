// A cell that crashes, or is ended under its work, leaves nothing in the memory that the kernel takes back; one that is
// ended by a signal it does not handle does, as the control shows.
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cerrno>

#include "cell_under_test.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/probe/scan.h"
#include "installed_model.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::cell {
namespace {

using engine::testing::TestModel;

constexpr std::uint64_t kTaggedWords = 2ULL * 1024 * 1024;  // of the model "tagged"

std::uint64_t TagsIn(pid_t process) {
  const probe::Canary tag = probe::WeightTag{0x3A59};
  const auto report = probe::ScanProcess(process, {&tag, 1});
  EXPECT_TRUE(report);
  std::uint64_t count = 0;
  for (const probe::Place& place : report->found) {
    if (place.where.find("libonnxruntime") == std::string::npos) count += place.count;
  }
  return count;
}

std::uint64_t KeysIn(pid_t process, const SecretArray<32>& key) {
  const probe::Canary marker = probe::ParseCanary(ToHex(key.Reveal()).view()).value();
  const auto report = probe::ScanProcess(process, {&marker, 1});
  EXPECT_TRUE(report);
  return report ? report->total_found() : ~0ULL;
}

struct LastLook {
  std::uint64_t found = 0;
  int wait_status = 0;  // as it will be
};

// Has the process end by `make_it_end`, and counts by `count` when nothing but its end is left to it.
template <typename MakeItEnd, typename Count>
LastLook LookAtTheEnd(pid_t process, MakeItEnd make_it_end, Count count) {
  LastLook look;
  EXPECT_EQ(ptrace(PTRACE_SEIZE, process, nullptr, PTRACE_O_TRACEEXIT), 0) << errno;
  make_it_end();
  for (int status = 0; waitpid(process, &status, __WALL) == process && WIFSTOPPED(status);) {
    if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXIT << 8))) {
      unsigned long message = 0;
      ptrace(PTRACE_GETEVENTMSG, process, nullptr, &message);
      look = {.found = count(process), .wait_status = static_cast<int>(message)};
      ptrace(PTRACE_DETACH, process, nullptr, nullptr);
      return look;
    }
    ptrace(PTRACE_CONT, process, nullptr, WSTOPSIG(status));
  }
  ADD_FAILURE() << "it ended unseen";
  return look;
}

LastLook EndBy(pid_t process, int signal) {
  return LookAtTheEnd(process, [&] { EXPECT_EQ(kill(process, signal), 0); }, TagsIn);
}

class Crash : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
#ifdef EK_INSTRUMENTED
    GTEST_SKIP() << "SKIP crash: sanitizers handle these signals themselves";
#endif
    CellUnderTest installer({.purpose = isolation::Purpose::kInstall});
    ASSERT_TRUE(installer.Hello());
    ASSERT_TRUE(model_.Install(installer));
    ASSERT_TRUE(cell_.Hello());
    ASSERT_TRUE(model_.Serve(cell_, true));
    const std::vector<float> ones(std::size_t{4} * 1024, 1);
    ASSERT_TRUE(model_.Call(ones, {1, 4, 1024}));
    ASSERT_GE(TagsIn(cell_.pid()), kTaggedWords);
  }

  InstalledModel model_{TestModel("tagged")};
  CellUnderTest cell_;
};

TEST_P(Crash, IsWipedBeforeTheEnd) {
  const LastLook look = EndBy(cell_.pid(), GetParam());
  EXPECT_EQ(look.found, 0U);
  EXPECT_TRUE(WIFEXITED(look.wait_status));
  EXPECT_EQ(WEXITSTATUS(look.wait_status), isolation::kExitOfSignal + GetParam());
}

INSTANTIATE_TEST_SUITE_P(Signals, Crash, ::testing::Values(SIGSEGV, SIGABRT));

// The signal is handled on the first thread while another one answers calls: what that one computes from wiped weights
// reaches nobody. Held is the first thread when it has wiped everything and is about to end the process.
TEST(CrashWhileOthersCompute, AnswersNothingFromWipedMemory) {
#ifdef EK_INSTRUMENTED
  GTEST_SKIP() << "SKIP crash: sanitizers handle these signals themselves";
#endif
  InstalledModel model(TestModel("affine"));
  CellUnderTest installer({.purpose = isolation::Purpose::kInstall});
  ASSERT_TRUE(installer.Hello());
  ASSERT_TRUE(model.Install(installer));
  CellUnderTest cell;
  ASSERT_TRUE(cell.Hello());
  ASSERT_TRUE(model.Serve(cell, true));
  ASSERT_EQ(*model.Call({1}, {1}), std::vector<float>{3}) << "control: until then it answers";
  ASSERT_EQ(ptrace(PTRACE_SEIZE, cell.pid(), nullptr, PTRACE_O_TRACESYSGOOD), 0) << errno;
  ASSERT_EQ(kill(cell.pid(), SIGSEGV), 0);
  int status = 0;
  ASSERT_EQ(waitpid(cell.pid(), &status, __WALL), cell.pid());
  ASSERT_TRUE(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSEGV) << status;
  ASSERT_EQ(ptrace(PTRACE_SYSCALL, cell.pid(), nullptr, SIGSEGV), 0);
  ASSERT_EQ(waitpid(cell.pid(), &status, __WALL), cell.pid());
  ASSERT_TRUE(WIFSTOPPED(status) && WSTOPSIG(status) == (SIGTRAP | 0x80)) << status;
  ASSERT_TRUE(model.session().StartCall({1}, {1}));
  const gate::RingSlot& slot = model.session().ring().header().slots[0];
  for (int i = 0; i < 3000 && slot.taken.load() != 2; ++i) poll(nullptr, 0, 10);
  EXPECT_EQ(slot.taken.load(), 2U) << "the other thread is at it";
  constexpr int kLongForThisModel = 200;  // ms: it computes in microseconds
  const auto answer = model.session().Await(0, kLongForThisModel);
  EXPECT_FALSE(answer) << (*answer)[0];
  EXPECT_EQ(ptrace(PTRACE_DETACH, cell.pid(), nullptr, nullptr), 0);
  EXPECT_EQ(WEXITSTATUS(cell.WaitForItsEnd()), isolation::kExitOfSignal + SIGSEGV);
}

class UnhandledEnd : public Crash {};

TEST_P(UnhandledEnd, ControlLeavesItAllToTheKernel) {
  const LastLook look = EndBy(cell_.pid(), GetParam());
  EXPECT_GE(look.found, kTaggedWords);
  EXPECT_TRUE(WIFSIGNALED(look.wait_status));
}

INSTANTIATE_TEST_SUITE_P(Signals, UnhandledEnd, ::testing::Values(SIGUSR1));

// The watch ends a cell that is hung up while it computes. Where secret pages cannot be had, keys are in ordinary ones.
TEST(EndedUnderItsWork, LeavesNoKey) {
#ifdef EK_INSTRUMENTED
  GTEST_SKIP() << "SKIP ended under its work: a sanitizer's runtime writes files, and ends threads in its own way";
#endif
  InstalledModel model(TestModel("endless"));
  CellUnderTest installer({.purpose = isolation::Purpose::kInstall});
  ASSERT_TRUE(installer.Hello());
  ASSERT_TRUE(model.Install(installer));
  CellUnderTest cell({.largest_file = 1});
  ASSERT_TRUE(cell.Hello());
  ASSERT_TRUE(model.Serve(cell, true));
  ASSERT_TRUE(model.session().StartCall({1}, {1}));
  const SecretArray<32> key = model.serve_order(true).file.key.Clone();
  ASSERT_GE(KeysIn(cell.pid(), key), 1U);
  const LastLook look =
      LookAtTheEnd(cell.pid(), [&] { cell.HangUpControl(); }, [&](pid_t process) { return KeysIn(process, key); });
  EXPECT_EQ(look.found, 0U);
  EXPECT_TRUE(WIFEXITED(look.wait_status));
}

}  // namespace
}  // namespace edgekeep::cell
