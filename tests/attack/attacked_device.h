// A licensed device with a model that is offered to it, and the ways in which it may say no.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "device.h"
#include "publisher.h"

namespace edgekeep::test {

inline constexpr const char* kProduct = "acme/label-direction";

// The smallest of the real models.
std::filesystem::path DirectionModel();

// The command was refused with exactly this error, in one line, and by a keep that is still the same afterwards: one
// that fell over and was started again refuses nothing.
void ExpectRefused(const Device& device, const Outcome& outcome, const std::string& error);

class Attack : public testing::Test {
 protected:
  void SetUp() override;

  static Publisher& publisher() { return Publisher::Shared(); }

  static const std::filesystem::path& Sealed();
  static const std::filesystem::path& Grant();

  Outcome Install(const std::filesystem::path& sealed, const std::filesystem::path& grant,
                  const std::filesystem::path& licence) const;

  Outcome Open() const { return device_.Edgekeep({"run", kProduct, "--random", "1"}); }

  void InstallRightly();

  void ExpectRefused(const Outcome& outcome, const std::string& error) const {
    test::ExpectRefused(device_, outcome, error);
  }

  Device device_;
  std::filesystem::path request_;
  std::filesystem::path licence_;
};

}  // namespace edgekeep::test
