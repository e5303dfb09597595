// AES-256-GCM in memory, one thread: what encrypting alone takes.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/sealing/segments.h"

namespace edgekeep::bench {

// Works on one segment again and again. Throws where the provider fails.
class AesInMemory {
 public:
  AesInMemory();

  void Seal(std::uint64_t bytes);
  void Open(std::uint64_t bytes);

 private:
  std::unique_ptr<crypto::Provider> provider_;
  std::unique_ptr<sealing::SegmentCipher> cipher_;
  std::vector<std::uint8_t> plain_;
  std::vector<std::uint8_t> sealed_;
};

}  // namespace edgekeep::bench
