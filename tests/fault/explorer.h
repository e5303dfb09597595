// Cuts a device's power at every operation of its disk, in every way its unsynced work may survive, and looks at what
// comes back.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fixture/test_device.h"

namespace edgekeep::fault {

// One thing a device does, and what may be there after a cut in the middle of it.
struct Scenario {
  std::string name;
  // A running device to begin with; it is copied for every state.
  std::function<std::unique_ptr<fixture::TestDevice>()> prepare;
  // Returns true when the device said that it is done.
  std::function<bool(fixture::TestDevice&)> act;
  // Names what a restarted device has ("old", "new"), or says what is wrong with it.
  std::function<std::string(fixture::TestDevice&)> look;
  // Bytes of plaintext that must be on the disk at no instant.
  fixture::Buffer plaintext;
  // What a device has around it before it starts, if anything.
  std::function<void(fixture::TestDevice&)> equip = {};
};

struct Findings {
  int num_states = 0;
  int num_old = 0;
  int num_new = 0;
  std::vector<std::string> violations;
};

struct Depth {
  std::uint64_t num_seeds = 1;
  // Cuts the recovery, too, at each of its operations.
  bool cut_recovery = true;
  // Of every so many first cuts, one has its recovery cut: each way to survive meets each operation's neighbours.
  std::uint64_t recovery_stride = 4;
};

// Every recovery is cut where EDGEKEEP_LONG is set; EDGEKEEP_FAULT_SEEDS says how many seeds.
Depth DepthFromEnvironment();

Findings Explore(const Scenario& scenario, const Depth& depth);

}  // namespace edgekeep::fault
