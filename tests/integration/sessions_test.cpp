// Many applications of one model: one cell answers them all.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <thread>

#include "eventually.h"
#include "served_device.h"

namespace edgekeep::test {
namespace {

using SharedCell = ServedDevice;

TEST_F(SharedCell, SixtyFourClientsAreAllAnswered) {
  constexpr int kClients = 64;
  constexpr int kCalls = 50;
  std::atomic<int> right = 0;
  std::vector<std::thread> clients;
  for (int client = 0; client < kClients; ++client) {
    clients.emplace_back([&, client] {
      app::Model model = Open();
      for (int i = 0; i < kCalls; ++i) {
        const auto x = static_cast<float>(client * kCalls + i);
        if (Call(model, x) == 2 * x + 1) ++right;
      }
      if (client == 0) {
        EXPECT_LE(NumCells(), 2U) << "one that serves, and one ahead";
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, kClients * kCalls);
  EXPECT_TRUE(Eventually([&] { return OpenSessions() == 0; }));
}

TEST_F(SharedCell, OutlivesAClientThatIsKilledWithAllItsCallsUnderWay) {
  app::Model staying = Open();
  EXPECT_EQ(Call(staying, 1), 3);
  const pid_t killed = ::fork();
  ASSERT_GE(killed, 0);
  if (killed == 0) {
    constexpr std::uint32_t kSlots = 16;
    app::Model model = Open(kSlots);
    for (std::uint32_t i = 0; i < kSlots; ++i) {
      if (!Submit(model, 1)) ::_exit(1);
    }
    ::raise(SIGKILL);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(killed, &status, 0), killed);
  EXPECT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Call(staying, static_cast<float>(i)), 2 * static_cast<float>(i) + 1);
  EXPECT_TRUE(Eventually([&] { return OpenSessions() == 1; }));
}

using HotSwap = ServedDevice;

// Callers never stop while a new version is installed: each call is answered once, by the old model or by the new one,
// and once by the new one never by the old one again.
TEST_F(HotSwap, LosesNoCallAndSwitchesOnce) {
  constexpr int kClients = 4;
  constexpr std::uint32_t kCalls = 4;  // under way at a time
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> by_old = 0;
  std::atomic<int> by_new = 0;
  std::vector<std::thread> clients;
  for (int client = 0; client < kClients; ++client) {
    clients.emplace_back([&] {
      app::Model model = Open(kCalls);
      bool switched = false;
      for (float x = 1; !stop; x += kCalls) {
        std::vector<app::Call> calls;
        for (std::uint32_t i = 0; i < kCalls; ++i) calls.push_back(*Submit(model, x + static_cast<float>(i)));
        for (std::uint32_t i = 0; i < kCalls; ++i) {
          const float at = x + static_cast<float>(i);
          const float answer = Await(calls[i]);
          const bool is_new = answer == 3 * at + 1;
          if (!is_new && answer != 2 * at + 1) ++wrong;
          ++(is_new ? by_new : by_old);
          if (switched && !is_new) ++wrong;
          switched = is_new;
        }
      }
    });
  }
  EXPECT_TRUE(Eventually([&] { return by_old > 1000; }, std::chrono::minutes(1)));
  EXPECT_EQ(by_new, 0) << "control: the old model's answers are not the new one's";
  Install(2, 3);
  EXPECT_TRUE(Eventually([&] { return by_new > 1000; }, std::chrono::minutes(1)));
  stop = true;
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(Eventually([&] { return NumCells() <= 1; }))
      << "the old version's cell has ended, and with the last session the new one's";
}

class CrashedCell : public ServedDevice {
 protected:
  // Calls are refused meanwhile, never answered wrongly.
  static bool EventuallyAnswers(app::Model& model, float x) {
    return Eventually(
        [&] {
          const float answer = Call(model, x);
          EXPECT_TRUE(std::isnan(answer) || answer == 2 * x + 1) << answer;
          return answer == 2 * x + 1;
        },
        std::chrono::minutes(1));
  }
};

TEST_F(CrashedCell, IsSucceededAndItsSessionsGoOn) {
  device_.Stop();
  device_.UseNoSpareCell();
  device_.Start();
  app::Model model = Open();
  app::Model other = Open();
  EXPECT_EQ(Call(model, 1), 3);
  for (const int signal : {SIGSEGV, SIGKILL}) {
    std::vector<pid_t> cells;
    const auto is_alone = [&] { return (cells = device_.ProcessesNamed("edgekeep-cell")).size() == 1; };
    ASSERT_TRUE(Eventually(is_alone));
    ASSERT_EQ(::kill(cells[0], signal), 0);
    EXPECT_TRUE(EventuallyAnswers(model, 5)) << signal;
    EXPECT_TRUE(EventuallyAnswers(other, 6)) << signal;
    // A signal takes a moment to arrive: until then, this very cell answers. It is collected a moment after that.
    ASSERT_TRUE(Eventually(
        [&] {
          const std::vector<pid_t> now = device_.ProcessesNamed("edgekeep-cell");
          return now.size() == 1 && now != cells;
        },
        std::chrono::minutes(1)));
    EXPECT_TRUE(EventuallyAnswers(model, 7)) << signal;
  }
  const std::string journal = device_.JournalText();
  EXPECT_NE(journal.find("the cell crashed, wiped"), std::string::npos) << journal;
  EXPECT_NE(journal.find("the cell was ended, its memory left to the kernel"), std::string::npos) << journal;
  EXPECT_TRUE(device_.KeepIsTheSame());
}

}  // namespace
}  // namespace edgekeep::test
