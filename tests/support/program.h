// Runs programs under test: arguments in, exit code and texts out, never longer than a limit.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace edgekeep::test {

struct Outcome {
  int exit_code = -1;  // 128 + signal for one that was killed
  std::string out;
  std::string err;
  long peak_rss_kib = 0;
};

struct ProgramOptions {
  std::chrono::milliseconds limit = std::chrono::seconds(60);
  std::optional<uid_t> as_user = {};  // with no supplementary groups beyond `groups`
  std::vector<gid_t> groups = {};
};

// Runs to the end; one that outlives the limit is killed and reported as 128 + SIGKILL.
Outcome RunProgram(const std::vector<std::string>& arguments, const ProgramOptions& options = {});

// A program in the background; killed when the object ends.
class Background {
 public:
  // Starts it with the write end of a pipe as `--ready-fd`, and waits until something is written there.
  static std::optional<Background> StartReady(std::vector<std::string> arguments, std::chrono::milliseconds limit);
  // Starts it with its output in `log`.
  static Background Start(const std::vector<std::string>& arguments, const std::filesystem::path& log);

  Background(Background&& other) noexcept;
  Background& operator=(Background&& other) noexcept;
  ~Background();

  pid_t pid() const { return pid_; }

  void Signal(int signal) const;
  // Waits for the end; nullopt when it outlives the limit.
  std::optional<int> Wait(std::chrono::milliseconds limit);

 private:
  explicit Background(pid_t pid) : pid_(pid) {}

  pid_t pid_ = -1;
};

// True from the moment SIGKILL was sent until the process is dead (or collected).
bool IsBeingKilled(pid_t pid);

}  // namespace edgekeep::test
