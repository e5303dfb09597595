// Requests that no client of ours would send.
#include <thread>

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/gate/failure.h"
#include "fixture/test_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::TestDevice;
using fixture::TestPublisher;
using gate::Command;

constexpr std::array kCommands = {Command::kOpenModel, Command::kInitialise,   Command::kShowRequest,
                                  Command::kInstall,   Command::kStatus,       Command::kPutValue,
                                  Command::kGetValue,  Command::kDeleteValues, Command::kListValues};

Door DoorOf(Command command) {
  return command < Command::kInitialise ? Door::kApplication : Door::kAdministrator;
}

class DispatchTest : public testing::Test {
 protected:
  DispatchTest() {
    EXPECT_TRUE(device_.Start());
    EXPECT_TRUE(device_.Initialise(publisher_.Bundle()));
  }

  TestPublisher publisher_;
  TestDevice device_;
};

TEST_F(DispatchTest, CommandAtTheWrongDoor) {
  for (const Command command : kCommands) {
    const Door wrong = DoorOf(command) == Door::kApplication ? Door::kAdministrator : Door::kApplication;
    EK_EXPECT_ERROR(device_.Ask(wrong, command, {}), ErrorCode::kForbidden);
  }
}

TEST_F(DispatchTest, GarbageBodies) {
  const Buffer garbage = fixture::Pattern(300, 0xff);
  for (const Command command : kCommands) {
    for (std::size_t size = 1; size <= garbage.size(); ++size) {
      EXPECT_FALSE(device_.Ask(DoorOf(command), command, ByteView(garbage).first(size)));
    }
  }
  EK_ASSERT_OK(device_.Status());
}

TEST_F(DispatchTest, LargestBody) {
  const Buffer large(gate::kMaxBodySize, 0x40);
  for (const Command command : kCommands) EXPECT_FALSE(device_.Ask(DoorOf(command), command, large));
}

TEST_F(DispatchTest, DescriptorsWhereNoneBelong) {
  EK_EXPECT_ERROR(device_.Ask(Door::kAdministrator, Command::kStatus, {}, {5}), ErrorCode::kBadArgument);
  EK_EXPECT_ERROR(device_.Ask(Door::kAdministrator, Command::kShowRequest, {}, {5}), ErrorCode::kBadArgument);
}

TEST_F(DispatchTest, DeniedTellsNothingMore) {
  device_.Stop();
  device_.ForgetLastChange();
  (*device_.disk->ContentsOf("trust"))[50] ^= 1;
  ASSERT_TRUE(device_.Start());
  const Answer answer = device_.Handle({Door::kAdministrator, 0, {{Command::kStatus, 0, 9}, {}}, {}});
  EXPECT_EQ(answer.command, Command::kError);
  EXPECT_EQ(answer.id, 9U);
  const auto failure = gate::DecodeFailure(answer.body.view());
  EK_ASSERT_OK(failure);
  EXPECT_EQ(failure->code, ErrorCode::kDenied);
  EXPECT_TRUE(failure->where.empty());
  EXPECT_TRUE(device_.journal.Mentions("status: denied: ")) << "the reason is in the journal";
}

TEST_F(DispatchTest, RefusalsAreNotedWithoutTheClientsText) {
  EXPECT_FALSE(device_.Open("acme/label-ocr"));
  EXPECT_TRUE(device_.journal.Mentions("open acme/label-ocr: not-found"));
}

TEST_F(DispatchTest, ManyThreadsAtOnce) {
  const auto package = publisher_.Seal({3}, fixture::Pattern(2000, 7));
  EK_ASSERT_OK(device_.Install(package, publisher_.Grant(package, {4}), device_.Licence(publisher_)));
  std::vector<std::thread> threads;
  std::atomic<int> num_refused = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 10; ++round) {
        const bool answered = i % 2 == 0 ? device_.Status().has_value() : device_.ShowRequest().has_value();
        if (!answered) ++num_refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(num_refused, 0);
}

}  // namespace
}  // namespace edgekeep::keep
