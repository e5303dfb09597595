// The line between a cell and its desk, against cells that were broken into.
#include "posix_ledger.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "edgekeep/gate/ledger.h"

namespace edgekeep::keep {
namespace {

class CountingDesk final : public ports::LedgerDesk {
 public:
  Result<std::optional<Bytes>> Answer(std::uint16_t /*command*/, ByteView /*body*/) override {
    ++answered;
    return std::optional<Bytes>();
  }

  int answered = 0;
};

class PosixLedgerTest : public testing::Test {
 protected:
  PosixLedgerTest() : ledger_(PosixLedger::Open(desk_).value()) {
    cell_ = gate::Channel(gate::Descriptor(::fcntl(ledger_->cell_end(), F_DUPFD_CLOEXEC, 0)));
    ledger_->HandOver();
  }

  Status Say() { return cell_.Send(gate::Command::kDrawCalls, 1, {}); }

  CountingDesk desk_;
  std::unique_ptr<ports::Ledger> ledger_;
  gate::Channel cell_;
};

// A cell can hand its end to an accomplice before it is killed: whoever ends the ledger would wait for that one.
TEST_F(PosixLedgerTest, EndsThoughSomebodyStillHoldsTheCellsEnd) {
  ASSERT_TRUE(Say());
  const auto ended = std::async(std::launch::async, [&] { ledger_.reset(); });
  EXPECT_EQ(ended.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_EQ(Say().error().code(), ErrorCode::kPeerGone);
  cell_ = gate::Channel();
  ended.wait();
  EXPECT_EQ(desk_.answered, 1);
}

TEST_F(PosixLedgerTest, TakesWhatTheCellSaidLast) {
  constexpr int kSaid = 20;
  for (int i = 0; i < kSaid; ++i) ASSERT_TRUE(Say());
  cell_ = gate::Channel();
  ledger_.reset();
  EXPECT_EQ(desk_.answered, kSaid);
}

}  // namespace
}  // namespace edgekeep::keep
