#include "edgekeep/crypto/openssl/provider.h"

#include <openssl/rand.h>

#include <new>

#include "openssl_provider.h"

namespace edgekeep::crypto {

Result<std::unique_ptr<Provider>> NewOpenSslProvider() {
  EK_TRY_ASSIGN(Library library, Library::Open());
  std::unique_ptr<Provider> provider(new (std::nothrow) OpenSslProvider(std::move(library)));
  if (!provider) return Error(ErrorCode::kNoMemory, "crypto provider");
  return provider;
}

Status OpenSslProvider::Random(MutableByteView out) const {
  // The private generator: its output never goes over a wire as the public one's does (nonces, ids).
  if (RAND_priv_bytes_ex(library_.context(), out.data(), out.size(), 0) != 1) {
    return Refuse(ErrorCode::kInternal, "random numbers");
  }
  return {};
}

}  // namespace edgekeep::crypto
