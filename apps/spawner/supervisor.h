// The spawner's loop: starts the keep, starts and ends cells as the keep asks, restarts the keep, ends everything.
#pragma once
#include <chrono>

#include "cells.h"

namespace edgekeep::spawner {

class Supervisor {
 public:
  // `signals` is a signalfd for SIGCHLD, SIGTERM and SIGINT, which are blocked.
  Supervisor(const Settings& settings, gate::Descriptor signals) noexcept
      : settings_(&settings), signals_(std::move(signals)), cells_(settings) {}

  // Runs until SIGTERM or SIGINT, or until a first keep ends without ever having answered. Returns the exit status.
  int Run();

 private:
  using Clock = std::chrono::steady_clock;

  void StartKeepWhenDue();
  void Wait();
  void TakeSignals();
  void CollectChildren();
  void OnKeepEnded(int wait_status);
  void ServeKeep();
  Status Serve(const gate::Frame& frame);
  Status AnswerStart(std::uint64_t id, ByteView body);
  void EndKeepFor(const Error& fault);
  void TakeReady();
  int EndEverything();

  const Settings* settings_;
  gate::Descriptor signals_;
  Cells cells_;
  Keep keep_;
  Clock::time_point keep_started_;
  Clock::time_point next_start_;
  std::chrono::milliseconds back_off_{0};
  bool announced_ = false;
  bool stopping_ = false;
  bool failed_ = false;
};

}  // namespace edgekeep::spawner
