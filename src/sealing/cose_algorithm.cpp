#include "cose_algorithm.h"

namespace edgekeep::sealing {

Result<std::int64_t> CoseAlgorithmOf(crypto::AlgorithmId signature) {
  using enum crypto::AlgorithmId;
  switch (signature) {
    case kEd25519:
      return -19;
    case kEcdsaP256Sha256:
      return -9;
    case kRsaPss2048Sha256:
      return -37;
    case kMlDsa44:
      return -48;
    case kMlDsa65:
      return -49;
    case kMlDsa87:
      return -50;
    default:
      return Error(ErrorCode::kUnsupported, "signature algorithm");
  }
}

}  // namespace edgekeep::sealing
