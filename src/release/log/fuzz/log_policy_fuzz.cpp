#include <cstdlib>

#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/release/log/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::release::log;
  static const auto provider = crypto::NewOpenSslProvider().value();
  const auto policy = Policy::Parse(*provider, AsText({data, size}));
  if (!policy) return 0;
  if (policy->keys().size() != policy->parties().size() || policy->keys().size() > kMaxLogs + kMaxWitnesses)
    std::abort();
  // A note that nobody signed is trusted by no policy.
  if (policy->Verify(*provider, "log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\xE2\x80\x94 a AAAAAAA=\n"))
    std::abort();
  return 0;
}
