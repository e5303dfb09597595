// A device whose one small model has a policy and a licence with terms.
#pragma once
#include <fstream>
#include <string>

#include "served_device.h"

namespace edgekeep::test {

class BoundedDevice : public ServedDevice {
 protected:
  // A device that trusts the publisher, with nothing installed.
  void SetUp() override;

  // Installs y = 2x + 1, as version `sequence`, with this policy (JSON, or nothing) and a licence of these terms.
  void Install(int sequence, const std::string& policy, const std::vector<std::string>& terms);

  // The same in two steps: what takes time, then licence and install, whose outcome is returned.
  void Seal(int sequence, const std::string& policy);
  Outcome InstallUnder(const std::vector<std::string>& terms);

  // What libedgekeep says to one call.
  static ek_code CodeOf(app::Model& model, float x = 1);

  // `calls_left` of the only product; -1: not bounded.
  long CallsLeft() const;

  // What Install made last.
  std::filesystem::path bounded_licence_;
  std::filesystem::path sealed_;
  std::filesystem::path grant_;
};

}  // namespace edgekeep::test
