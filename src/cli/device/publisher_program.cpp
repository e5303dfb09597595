#include "publisher_program.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <vector>

namespace edgekeep::cli::device {
namespace {

constexpr const char* kProgram = "edgekeep-publisher";
constexpr std::array<std::string_view, 18> kCommands = {
    "publisher", "seal",  "grant",   "inspect", "licence", "receipt",    "log",      "witness", "release",
    "policy",    "audit", "monitor", "attest",  "order",   "retirement", "transfer", "epoch",   "factory"};

// Those of `licence` that a device has; `show` of a file is the publisher's.
constexpr std::array<std::string_view, 3> kDevicesLicence = {"install", "renew-request", "return"};

// Those of `order` that a device has not; anything else is a file for a device.
constexpr std::array<std::string_view, 4> kPublishersOrder = {"write", "show", "sign", "finish"};

// The words of a command line that are no options, as far as can be told without knowing them all.
std::vector<std::string_view> WordsOf(int argc, const char* const* argv) {
  std::vector<std::string_view> words;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--root") {
      ++i;
    } else if (!word.starts_with('-')) {
      words.push_back(word);
    }
  }
  return words;
}

bool IsDevicesLicence(const std::vector<std::string_view>& words) {
  if (words.size() < 2) return false;
  if (words[1] == "show") return words.size() == 2;
  return std::ranges::find(kDevicesLicence, words[1]) != kDevicesLicence.end();
}

}  // namespace

bool IsForPublisher(int argc, const char* const* argv) {
  const std::vector<std::string_view> words = WordsOf(argc, argv);
  if (words.empty() || std::ranges::find(kCommands, words[0]) == kCommands.end()) return false;
  if (words[0] == "order")
    return words.size() > 1 && std::ranges::find(kPublishersOrder, words[1]) != kPublishersOrder.end();
  return words[0] != "licence" || !IsDevicesLicence(words);
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
