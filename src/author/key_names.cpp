#include "key_names.h"

namespace edgekeep::author {
namespace {

const char* ShortNameOf(crypto::AlgorithmId algorithm) {
  switch (algorithm) {
    case crypto::AlgorithmId::kEd25519:
      return "ed25519";
    case crypto::AlgorithmId::kEcdsaP256Sha256:
      return "p256";
    case crypto::AlgorithmId::kMlDsa44:
      return "mldsa44";
    case crypto::AlgorithmId::kMlDsa65:
      return "mldsa65";
    case crypto::AlgorithmId::kMlDsa87:
      return "mldsa87";
    default:
      return "unknown";
  }
}

}  // namespace

ProfileAlgorithms AlgorithmsOf(Profile profile) {
  using enum crypto::AlgorithmId;
  if (profile == Profile::kCnsa2) return {kEcdsaP256Sha256, kMlDsa87};
  return {kEd25519, kMlDsa65};
}

std::string SigningKeyPath(const std::string& directory, std::string_view holder, crypto::AlgorithmId algorithm) {
  return directory + "/" + std::string(holder) + "-" + ShortNameOf(algorithm) + ".ekk";
}

std::string TokenFilePath(const std::string& directory, std::string_view holder, crypto::AlgorithmId algorithm) {
  return directory + "/" + std::string(holder) + "-" + ShortNameOf(algorithm) + ".p11";
}

std::string KemKeyPath(const std::string& directory) {
  return directory + "/" + std::string(kLicensorKem) + ".ekk";
}

std::string EpochKeyPath(const std::string& directory, const ProductName& product) {
  // Names hold no underscore, so two products never share a file.
  return directory + "/epochs/" + std::string(product.publisher()) + "__" + std::string(product.name()) + ".ekk";
}

std::string EpochKeyPurpose(const ProductName& product) {
  return "epoch:" + std::string(product.view());
}

}  // namespace edgekeep::author
