// top
#include <unistd.h>

#include <charconv>
#include <cstdio>

#include "commands.h"
#include "tick.h"
#include "top_text.h"

namespace edgekeep::cli::device {
namespace {

// CLI11's own range has "nan" in it.
CLI::Validator Interval() {
  const auto check = [](const std::string& text) -> std::string {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && value >= 0.1 && value <= 3600) return {};
    return "'" + text + "' is no number of seconds from 0.1 to 3600";
  };
  return {check, ""};
}

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

// A keep that does not answer holds nobody up who ends this.
Outcome<Reading> ReadInterruptibly(const Session& session, const Tick& tick) {
  const Tick::Interruptible interruptible(tick);
  return Read(session);
}

// What was read before is kept, for rates are of the time between.
Done Watch(const Session& session, const Options& options) {
  const Tick tick;
  const auto interval = std::chrono::milliseconds(static_cast<std::int64_t>(options.interval * 1000));
  std::optional<Reading> before;
  do {
    Outcome<Reading> now = ReadInterruptibly(session, tick);
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
  top->add_option("--interval", options->interval, "seconds between two readings (2)")->check(Interval());
  top->add_flag("--once", options->once, "one reading, with rates and latencies since each cell began");
  top->callback([&session, &action, options] { action = [&session, options] { return Watch(session, *options); }; });
}

}  // namespace edgekeep::cli::device
