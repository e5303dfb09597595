// One device's chip and its disk.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "edgekeep/anchor/tpm2/tpm2_anchor.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "memory_store.h"
#include "simulated_tpm.h"

namespace edgekeep::anchor {

inline const crypto::Provider& TestProvider() {
  static const std::unique_ptr<crypto::Provider> provider = crypto::NewOpenSslProvider().value();
  return *provider;
}

struct AnchoredDevice {
  test::SimulatedTpm tpm;
  MemoryStore store;
  Tpm2Settings settings;

  int Connect() const { return ConnectTpm(tpm.socket().c_str()).value(); }

  Result<std::unique_ptr<Tpm2Anchor>> TryOpen() {
    return Tpm2Anchor::OpenOrMake(TestProvider(), store, Connect(), settings);
  }

  std::unique_ptr<Tpm2Anchor> Open() { return TryOpen().value(); }
};

inline std::vector<std::uint8_t> KeyBytes(Tpm2Anchor& anchor) {
  const SecretArray<32> key = anchor.VaultKey().value();
  return {key.Reveal().begin(), key.Reveal().end()};
}

// kInternal for success, which no test expects as a refusal.
template <typename T>
ErrorCode CodeOf(const Result<T>& result) {
  return result ? ErrorCode::kInternal : result.error().code();
}

}  // namespace edgekeep::anchor
