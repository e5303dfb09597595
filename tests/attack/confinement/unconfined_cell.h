// The control: the hostile program with every door open.
#pragma once
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "lent_spawner.h"
#include "order.h"

namespace edgekeep::attack {

inline constexpr int kAttackTimeoutMs = 20'000;

// A program that could replace itself ends as /bin/true does.
inline bool GotThrough(const Outcome& outcome) {
  return outcome.answered ? outcome.error == 0
                          : WIFEXITED(outcome.wait_status) && WEXITSTATUS(outcome.wait_status) == 0;
}

// What an unconfined attack says where the kernel was built without what it needs; x32 ends in other ways, too.
inline bool IsUnknownToThisKernel(const Order& order, const Outcome& outcome) {
  if (GotThrough(outcome)) return false;
  return order.attack == "x32" || outcome.error == ENOSYS || outcome.error == EAFNOSUPPORT;
}

// Orders an attack; what came of it. `wait_status` is asked for when no answer comes.
template <typename WaitStatus>
Outcome Try(gate::Channel& cell, const Order& order, WaitStatus wait_status) {
  const std::string text = EncodeOrder(order);
  if (!cell.Send(gate::Command::kServeModel, 1, AsBytes(text))) return {.wait_status = wait_status()};
  std::vector<std::uint8_t> buffer(gate::kMaxFrameSize);
  const auto answer = cell.Receive(buffer, kAttackTimeoutMs);
  if (!answer || answer->frame.body.size() != 1) return {.wait_status = wait_status()};
  return {.answered = true, .error = answer->frame.body[0]};
}

// Runs one attack in the hostile program as root, in no namespace and without filters, next to leaked descriptors; with
// `layer`, behind that one (one_layer.h).
inline Outcome TryUnconfined(const Order& order, const char* layer = "") {
  auto ends = gate::Channel::Pair();
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(ends->second.fd(), 3);
    const int leaked = open("/", O_RDONLY | O_DIRECTORY);
    if (leaked < 0) _exit(126);
    execl(EK_LIBEXEC "/edgekeep-cell", "edgekeep-cell", "--layer", layer, nullptr);
    _exit(127);
  }
  ends->second = gate::Channel();
  std::vector<std::uint8_t> buffer(gate::kMaxFrameSize);
  EXPECT_TRUE(ends->first.Receive(buffer, kAttackTimeoutMs)) << layer;
  bool collected = false;
  const Outcome outcome = Try(ends->first, order, [&] {
    int status = 0;
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    collected = true;
    return status;
  });
  if (!collected) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
  return outcome;
}

}  // namespace edgekeep::attack
