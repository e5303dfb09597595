// Everything secret that opening a product on a device takes, worked out by who has the device whole: its anchor, its
// state, and the keep's own decisions. What an attacker in another product's cell must not find.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace edgekeep::test {

struct Secret {
  std::string name;
  std::vector<std::uint8_t> bytes;
};

// The slot key, then the epoch key, the vault key, the device's half of ML-KEM and the anchor's file. The device may
// run: it is a copy of its state that is looked at.
std::vector<Secret> SecretsFor(const std::filesystem::path& root, const std::string& product);

}  // namespace edgekeep::test
