// Runs the built program `edgekeep` as a person would.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace edgekeep::cli::device {

struct Output {
  int exit_code = -1;
  std::string out;
  std::string err;
};

Output RunProgram(const std::filesystem::path& program, std::vector<std::string> arguments);

inline Output Edgekeep(std::vector<std::string> arguments) {
  return RunProgram(EK_EDGEKEEP, std::move(arguments));
}

// A directory of the test's own.
class WorkDirectory {
 public:
  WorkDirectory();
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory(WorkDirectory&&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;
  WorkDirectory& operator=(WorkDirectory&&) = delete;
  ~WorkDirectory();

  const std::filesystem::path& path() const { return path_; }

  // Writes a file and returns its path.
  std::string Write(const std::string& name, const std::string& contents) const;

 private:
  std::filesystem::path path_;
};

std::string ReadText(const std::filesystem::path& path);

}  // namespace edgekeep::cli::device
