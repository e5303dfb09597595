#include "age_file.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "program.h"
#include "require.h"

namespace edgekeep::bench {
namespace {

constexpr const char* kProgram = "/usr/bin/age";
constexpr const char* kKeyProgram = "/usr/bin/age-keygen";

void RunOrThrow(const std::vector<std::string>& arguments) {
  const test::Outcome outcome = test::RunProgram(arguments);
  test::Require(outcome.exit_code == 0, arguments.front() + ": " + outcome.err);
}

struct EndProgram {
  void operator()(std::FILE* output) const { ::pclose(output); }
};

}  // namespace

bool AgeFile::IsThere() {
  return ::access(kProgram, X_OK) == 0 && ::access(kKeyProgram, X_OK) == 0;
}

AgeFile::AgeFile(const std::filesystem::path& model, const std::filesystem::path& directory)
    : key_(directory / "age.key"), file_(directory / "model.age"), size_(std::filesystem::file_size(model)) {
  RunOrThrow({kKeyProgram, "-o", key_});
  RunOrThrow({kProgram, "--encrypt", "-i", key_, "-o", file_, model});
  const FreshPages plain = FreshPages::Holding(model);
  const FreshPages opened = Open();
  test::Require(std::ranges::equal(plain.bytes(), opened.bytes()), "age opens something else");
}

FreshPages AgeFile::Open() const {
  const std::string command = std::string(kProgram) + " --decrypt -i '" + key_.string() + "' '" + file_.string() + "'";
  const std::unique_ptr<std::FILE, EndProgram> output(::popen(command.c_str(), "re"));
  test::Require(output != nullptr, "age does not start");
  FreshPages plain(size_);
  for (MutableByteView left = plain.bytes(); !left.empty();) {
    const ssize_t got = ::read(::fileno(output.get()), left.data(), left.size());
    test::Require(got > 0, "age ends early");
    left = left.subspan(static_cast<std::size_t>(got));
  }
  return plain;
}

}  // namespace edgekeep::bench
