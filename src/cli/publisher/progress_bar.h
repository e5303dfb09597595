// A progress bar for people who wait: on a terminal only, and only when it takes a while.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace edgekeep::cli::publisher {

// Draws on standard error; draws nothing when that is no terminal.
class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  // Removes the bar.
  ~ProgressBar();

  void Show(std::uint64_t done, std::uint64_t total);

  // The bar as it stands after `elapsed` for a terminal of `columns`, without its line's end.
  static std::string Draw(const std::string& label, std::uint64_t done, std::uint64_t total,
                          std::chrono::milliseconds elapsed);

 private:
  using Clock = std::chrono::steady_clock;

  std::string label_;
  bool is_terminal_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
};

}  // namespace edgekeep::cli::publisher
