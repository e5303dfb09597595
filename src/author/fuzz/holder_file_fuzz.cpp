// NAME.holder.json, as somebody sends it.
#include <memory>

#include "edgekeep/author/fingerprint.h"
#include "edgekeep/base/check.h"
#include "edgekeep/crypto/openssl/provider.h"

namespace edgekeep::author {
namespace {

const Context& TheContext() {
  static const std::unique_ptr<crypto::Provider> provider = crypto::NewOpenSslProvider().value();
  static const Context context{.provider = *provider, .now = {}};
  return context;
}

void Run(ByteView input) {
  const auto holder = ParsePublicHolder(AsText(input), "file");
  if (!holder) return;
  const auto fingerprint = FingerprintOf(TheContext(), *holder);
  EK_CHECK(fingerprint && fingerprint->keys.size() == 2 && ShortText(*fingerprint).size() == 24);
}

}  // namespace
}  // namespace edgekeep::author

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  edgekeep::author::Run({data, size});
  return 0;
}
