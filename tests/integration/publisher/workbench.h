// A publisher at work in a directory of its own, and what its refusals must look like.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "../../support/binaries.h"
#include "../../support/files.h"
#include "../../support/program.h"
#include "../../support/publisher.h"
#include "../../support/temporary_directory.h"

namespace edgekeep::test {

class Workbench : public testing::Test {
 protected:
  // A model of `size` bytes that does not compress to nothing; a sparse one of zeros.
  std::filesystem::path Model(std::size_t size = 5000) const;
  std::filesystem::path SparseModel(std::uint64_t size) const;
  // A device's request that another implementation made (spec/vectors/device-request.json).
  std::filesystem::path DeviceRequest() const;

  // `seal MODEL --product acme/label-ocr ... -o OUTPUT` with the shared publisher.
  std::vector<std::string> SealArguments(const std::filesystem::path& model, const std::filesystem::path& output) const;

  // Runs the program with these arguments and nothing else.
  static Outcome Bare(std::vector<std::string> arguments);

  static Publisher& publisher() { return Publisher::Shared(); }

  std::vector<std::string> EntriesOf(const std::filesystem::path& directory) const;

  TemporaryDirectory directory_;
};

// Exit code 1 and exactly one line "edgekeep: WHAT: WHERE: ADVICE" that contains each of `parts`.
void ExpectRefused(const Outcome& outcome, const std::vector<std::string>& parts);
// Exit code 2 and one line.
void ExpectWrongUsage(const Outcome& outcome);

}  // namespace edgekeep::test
