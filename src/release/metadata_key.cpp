#include "edgekeep/release/metadata_key.h"

#include <array>
#include <string_view>
#include <utility>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/subject_public_key.h"

namespace edgekeep::release {
namespace {

using crypto::AlgorithmId;

enum class Encoding : std::uint8_t {
  kPem,
  kHex,       // of the raw key
  kPemOrHex,  // what was written for P-256 before PEM was agreed on: the uncompressed point
};

struct KeyForm {
  std::string_view type;
  std::string_view scheme;
  AlgorithmId algorithm;
  Encoding encoding;
};

constexpr std::array kKeyForms = {
    KeyForm{"ed25519", "ed25519", AlgorithmId::kEd25519, Encoding::kHex},
    KeyForm{"ecdsa", "ecdsa-sha2-nistp256", AlgorithmId::kEcdsaP256Sha256, Encoding::kPemOrHex},
    KeyForm{"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", AlgorithmId::kEcdsaP256Sha256, Encoding::kPemOrHex},
    KeyForm{"rsa", "rsassa-pss-sha256", AlgorithmId::kRsaPssSha256, Encoding::kPem},
    KeyForm{"ml-dsa", "ml-dsa-44/1", AlgorithmId::kMlDsa44, Encoding::kPem},
    KeyForm{"ml-dsa", "ml-dsa-65/1", AlgorithmId::kMlDsa65, Encoding::kPem},
    KeyForm{"ml-dsa", "ml-dsa-87/1", AlgorithmId::kMlDsa87, Encoding::kPem},
};

Result<MetadataKey> ReadPem(std::string_view text, AlgorithmId algorithm) {
  MetadataKey key{.algorithm = algorithm};
  EK_TRY_ASSIGN(key.storage, crypto::DecodePublicKeyPem(text));
  EK_TRY_ASSIGN(const crypto::SubjectPublicKey found, crypto::ReadSubjectPublicKey(key.storage.view()));
  if (found.algorithm != algorithm) return Error(ErrorCode::kMalformed, "key of another algorithm");
  key.key = found.key;
  return key;
}

// What signs nothing would all the same stand there as somebody's key.
Status CheckLength(const MetadataKey& key) {
  EK_TRY_ASSIGN(const crypto::Algorithm row, crypto::FindAlgorithm(key.algorithm, crypto::Kind::kSignature));
  const bool fits = row.public_size == 0 ? !key.key.empty() : key.key.size() == row.public_size;
  return fits ? Status() : Status(Error(ErrorCode::kMalformed, "public key: not of its algorithm's length"));
}

Result<MetadataKey> ReadHex(std::string_view text, AlgorithmId algorithm) {
  MetadataKey key{.algorithm = algorithm};
  EK_TRY_ASSIGN(key.storage, DecodeHex(text));
  key.key = key.storage.view();
  return key;
}

}  // namespace

Result<MetadataKey> ReadMetadataKey(json::Node key) {
  EK_TRY_ASSIGN(const std::string_view type, key.Find("keytype").AsText());
  EK_TRY_ASSIGN(const std::string_view scheme, key.Find("scheme").AsText());
  for (const KeyForm& row : kKeyForms) {
    if (row.type != type || row.scheme != scheme) continue;
    EK_TRY_ASSIGN(const std::string_view text, key.Find("keyval").Find("public").AsText());
    const bool is_hex =
        row.encoding == Encoding::kHex || (row.encoding == Encoding::kPemOrHex && text.starts_with("04"));
    EK_TRY_ASSIGN(MetadataKey read, is_hex ? ReadHex(text, row.algorithm) : ReadPem(text, row.algorithm));
    EK_TRY(CheckLength(read));
    return read;
  }
  return Error(ErrorCode::kUnsupported, "type of key");
}

}  // namespace edgekeep::release
