#include "waiting.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "edgekeep/base/printable.h"

namespace edgekeep::cli::device {
namespace {

constexpr std::chrono::milliseconds kShownAfter{500};
constexpr std::chrono::seconds kInterval{1};
constexpr const char* kEraseLine = "\r\033[K";

}  // namespace

Waiting::Waiting(std::string text) : text_(std::move(text)) {
  ShowInOneLine(text_);
  if (::isatty(STDERR_FILENO) == 1) thread_ = std::thread(&Waiting::Show, this);
}

Waiting::~Waiting() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    done_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Waiting::Show() {
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, kShownAfter, [this] { return done_; })) return;
  const auto start = std::chrono::steady_clock::now() - kShownAfter;
  do {
    const auto seconds = std::chrono::steady_clock::now() - start;
    std::fprintf(stderr, "%s%s %lld s", kEraseLine, text_.c_str(),
                 static_cast<long long>(std::chrono::duration_cast<std::chrono::seconds>(seconds).count()));
    std::fflush(stderr);
  } while (!changed_.wait_for(lock, kInterval, [this] { return done_; }));
  std::fputs(kEraseLine, stderr);
}

}  // namespace edgekeep::cli::device
