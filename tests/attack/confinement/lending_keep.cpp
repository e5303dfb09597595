// Runs in the keep's place, as its user: lends the spawner's socket to whoever connects to run/edgekeep/lend.sock, and
// lives until it is ended. So a test process can be the keep.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>

#include "edgekeep/gate/posix/channel.h"

namespace edgekeep::attack {
namespace {

constexpr int kSpawner = 3;
constexpr int kReady = 4;

int Lend(const std::string& root) {
  const auto listener = gate::Listen(root + "/run/edgekeep/lend.sock", 0600);
  if (!listener) return 1;
  if (write(kReady, "ready\n", 6) != 6) return 1;
  close(kReady);
  for (;;) {
    auto connection = gate::Accept(listener->get());
    if (!connection) return 1;
    gate::Channel borrower(std::move(*connection));
    if (!borrower.Send(gate::Command::kStatus, 0, {}, {{kSpawner}})) continue;
    std::array<std::uint8_t, gate::kFrameHeaderSize> buffer{};
    // Lent until it hangs up; any word from the borrower means: leave, without a word to the spawner.
    if (borrower.Receive(buffer, gate::kForever)) return 7;
  }
}

}  // namespace
}  // namespace edgekeep::attack

int main(int count, char** values) {
  for (int i = 1; i + 1 < count; ++i) {
    if (std::strcmp(values[i], "--root") == 0) return edgekeep::attack::Lend(values[i + 1]);
  }
  return 2;
}
