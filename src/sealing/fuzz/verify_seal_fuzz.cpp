// Whatever stands in a sealed file's front or a trust bundle: an error, never an abort or a hang. What parses must say
// the same of itself when it is parsed again.
#include <cstddef>
#include <cstdint>

#include "edgekeep/base/check.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/sealing/trusted_publisher.h"
#include "edgekeep/sealing/verified_seal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  static const auto provider = crypto::NewOpenSslProvider().value();
  const ByteView bytes(data, size);
  const auto seal = sealing::ParseSeal(*provider, bytes, size);
  if (seal) {
    const auto again = sealing::ParseSeal(*provider, bytes, size);
    EK_CHECK(again && again->id == seal->id);
  }
  const auto trusted = sealing::VerifyTrustBundle(*provider, bytes);
  if (trusted) {
    EK_CHECK(!trusted->bundle().authors.empty() && !trusted->bundle().required_classes.empty());
    // An empty file can never be one that an author signed.
    EK_CHECK(!sealing::VerifySeal(*provider, {}, 0, trusted->bundle()));
  }
  return 0;
}
