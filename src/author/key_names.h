// Names of key files and of what is in them.
#pragma once
#include <string>
#include <string_view>

#include "edgekeep/author/publisher.h"

namespace edgekeep::author {

inline constexpr std::string_view kAuthor = "author";
inline constexpr std::string_view kLicensor = "licensor";
inline constexpr std::string_view kLicensorKem = "licensor-kem";
inline constexpr std::string_view kTrustBundleFile = "publisher.ekt";
inline constexpr crypto::AlgorithmId kKemAlgorithm = crypto::AlgorithmId::kMlKem768P256;

struct ProfileAlgorithms {
  crypto::AlgorithmId classical;
  crypto::AlgorithmId post_quantum;
};

ProfileAlgorithms AlgorithmsOf(Profile profile);

// DIR/author-ed25519.ekk
std::string SigningKeyPath(const std::string& directory, std::string_view holder, crypto::AlgorithmId algorithm);
// DIR/alice-p256.p11: where on which token the key lies
std::string TokenFilePath(const std::string& directory, std::string_view holder, crypto::AlgorithmId algorithm);
// DIR/licensor-kem.ekk
std::string KemKeyPath(const std::string& directory);
// DIR/epochs/acme__label-ocr.ekk
std::string EpochKeyPath(const std::string& directory, const ProductName& product);
// epoch:acme/label-ocr
std::string EpochKeyPurpose(const ProductName& product);

}  // namespace edgekeep::author
