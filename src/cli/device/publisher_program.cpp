#include "publisher_program.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace edgekeep::cli::device {
namespace {

constexpr const char* kProgram = "edgekeep-publisher";
constexpr std::array<std::string_view, 13> kCommands = {"publisher", "seal",    "grant",   "inspect", "licence",
                                                        "receipt",   "log",     "witness", "release", "policy",
                                                        "audit",     "monitor", "attest"};

}  // namespace

bool IsForPublisher(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--root") {
      ++i;
    } else if (!word.starts_with('-')) {
      return std::ranges::find(kCommands, word) != kCommands.end();
    }
  }
  return false;
}

Failure BecomePublisher(char** argv) {
  std::error_code ignored;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const std::string beside = self.parent_path() / kProgram;
  ::execv(beside.c_str(), argv);
  ::execvp(kProgram, argv);
  return {ErrorCode::kNotFound, "this is a command of the publisher", std::string(kProgram) + " is not installed here",
          "use the publisher's machine, or install edgekeep-publisher"};
}

}  // namespace edgekeep::cli::device
