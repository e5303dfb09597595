// Many applications of one model: one cell answers them all.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
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

}  // namespace
}  // namespace edgekeep::test
