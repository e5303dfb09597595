#include "progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShownAfter{500};  // nobody needs a bar for less
constexpr milliseconds kInterval{100};
constexpr std::size_t kBarWidth = 30;
constexpr const char* kEraseLine = "\r\033[K";

}  // namespace

ProgressBar::ProgressBar(std::string label) : label_(std::move(label)), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (drawn_) std::fputs(kEraseLine, stderr);
}

void ProgressBar::Show(std::uint64_t done, std::uint64_t total) {
  if (!is_terminal_) return;
  const Clock::time_point now = Clock::now();
  if (now - start_ < kShownAfter || (now - last_ < kInterval && done != total)) return;
  last_ = now;
  drawn_ = true;
  const auto elapsed = std::chrono::duration_cast<milliseconds>(now - start_);
  std::fputs((kEraseLine + Draw(label_, done, total, elapsed)).c_str(), stderr);
  std::fflush(stderr);
}

std::string ProgressBar::Draw(const std::string& label, std::uint64_t done, std::uint64_t total, milliseconds elapsed) {
  const double share = total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(kBarWidth));
  std::string text = label + " [" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "] ";
  text += std::to_string(static_cast<int>(share * 100)) + " % of " + Rounded(total);
  const double seconds = static_cast<double>(elapsed.count()) / 1000;
  if (seconds > 0) text += ", " + Rounded(static_cast<std::uint64_t>(static_cast<double>(done) / seconds)) + "/s";
  if (done == total) text += ", syncing";
  return text;
}

}  // namespace edgekeep::cli::publisher
