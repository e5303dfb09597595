// Runs in the keep's place, as its user, confined as the keep is: lends the spawner's socket to whoever connects to
// run/edgekeep/lend.sock, and lives until it is ended. So a test process can be the keep. And it tries what a borrower
// orders it to, as somebody would who took over the keep.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/isolation/process/lock_down.h"
#include "edgekeep/isolation/process/seccomp.h"
#include "order.h"

namespace edgekeep::attack {
namespace {

constexpr int kSpawner = 3;
constexpr int kReady = 4;
// It left without being asked to by a signal; the test looks for this status.
constexpr int kLeft = 7;

Result<gate::Descriptor> ListenConfined(const std::string& root) {
  const std::string state = root + "/var/lib/edgekeep/keep";
  const std::string anchor = root + "/var/lib/edgekeep/anchor";
  const std::string sockets = root + "/run/edgekeep";
  EK_TRY(isolation::LockDownKeepFiles({.state = state.c_str(), .anchor = anchor.c_str(), .sockets = sockets.c_str()}));
  EK_TRY_ASSIGN(gate::Descriptor listener, gate::Listen(sockets + "/lend.sock", 0600));
  EK_TRY(isolation::AllowOnlyKeepCalls());
  return listener;
}

// Lent until it hangs up. True when the borrower wants this keep to leave, without a word to the spawner.
bool Serve(gate::Channel& borrower) {
  static std::array<std::uint8_t, gate::kMaxFrameSize> buffer;
  for (;;) {
    const auto message = borrower.Receive(buffer, gate::kForever);
    if (!message) return false;
    if (message->frame.header.command != gate::Command::kServeModel) return true;
    const Order order = DecodeOrder(AsText(message->frame.body));
    const auto outcome = static_cast<std::uint8_t>(TryAttack(order.attack, order.knowledge));
    if (!borrower.Send(gate::Command::kServeModel, message->frame.header.id, {&outcome, 1})) return false;
  }
}

int Lend(const std::string& root) {
  const auto listener = ListenConfined(root);
  if (!listener) return isolation::kExitNotConfined;
  if (write(kReady, "ready\n", 6) != 6) return 1;
  close(kReady);
  for (;;) {
    auto connection = gate::Accept(listener->get());
    if (!connection) return 1;
    gate::Channel borrower(std::move(*connection));
    if (!borrower.Send(gate::Command::kStatus, 0, {}, {{kSpawner}})) continue;
    if (Serve(borrower)) return kLeft;
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
