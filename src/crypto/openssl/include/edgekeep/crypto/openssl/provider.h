// The Provider of OpenSSL >= 3.5: a private library context, no configuration file, algorithms fetched by name.
#pragma once
#include <memory>

#include "edgekeep/crypto/provider.h"

namespace edgekeep::crypto {

// Fails with kNoMemory, or kUnsupported when this OpenSSL lacks a registered algorithm.
Result<std::unique_ptr<Provider>> NewOpenSslProvider();

}  // namespace edgekeep::crypto
