// A device with one small model installed, and applications that open it through libedgekeep.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "device.h"
#include "edgekeep/edgekeep.hpp"
#include "publisher.h"

namespace edgekeep::test {

class ServedDevice : public testing::Test {
 protected:
  static constexpr const char* kProduct = "acme/affine";
  static constexpr std::uint64_t kRoomBytes = 4096;  // of each call

  // Installs y = 2x + 1 as version 1.
  void SetUp() override;

  // Installs y = factor × x + 1.
  void Install(int sequence, int factor);

  // Waits while all places are taken. Throws where it fails otherwise.
  app::Model Open(std::uint32_t max_calls = 1) const;

  // One call; NaN where it fails.
  static float Call(app::Model& model, float x, std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT);
  static app::Expected<app::Call> Submit(app::Model& model, float x);
  static float Await(app::Call& call);

  // `open_sessions` of the only product.
  int OpenSessions() const;

  std::size_t NumCells() const { return device_.ProcessesNamed("edgekeep-cell").size(); }

  TemporaryDirectory files_;
  Device device_;
  std::filesystem::path licence_;
};

}  // namespace edgekeep::test
