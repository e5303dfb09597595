// top
#include <unistd.h>

#include <cstdio>

#include "commands.h"
#include "tick.h"
#include "top_text.h"

namespace edgekeep::cli::device {
namespace {

constexpr const char* kClearScreen = "\033[H\033[J";

struct Options {
  double interval = 2;
  bool once = false;
};

Done Show(const Session& session, const Reading& now, const Reading* before) {
  const bool fresh_screen = before != nullptr && !session.json && ::isatty(STDOUT_FILENO) == 1;
  if (fresh_screen) std::fputs(kClearScreen, stdout);
  return session.Tell(TopText(now, before), TopObject(now, before));
}

// What was read before is kept, for rates are of the time between.
Done Watch(const Session& session, const Options& options) {
  const Tick tick;
  const auto interval = std::chrono::milliseconds(static_cast<std::int64_t>(options.interval * 1000));
  std::optional<Reading> before;
  do {
    Outcome<Reading> now = Read(session);
    if (!now) return now.error();
    const Done shown = Show(session, *now, before ? &*before : nullptr);
    if (!shown || options.once) return shown;
    before = *std::move(now);
  } while (tick.Wait(interval));
  return {};
}

}  // namespace

void AddTopCommand(CLI::App& root, const Session& session, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* top = root.add_subcommand("top", "cells, sessions and calls, live; ends with Ctrl-C");
  top->add_option("--interval", options->interval, "seconds between two readings (2)")->check(CLI::Range(0.1, 3600.0));
  top->add_flag("--once", options->once, "one reading, with rates and latencies since each cell began");
  top->callback([&session, &action, options] { action = [&session, options] { return Watch(session, *options); }; });
}

}  // namespace edgekeep::cli::device
