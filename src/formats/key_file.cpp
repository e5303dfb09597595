#include "edgekeep/formats/key_file.h"

#include <algorithm>

#include "edgekeep/formats/limits.h"
#include "fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kType = "edgekeep/key-file";
constexpr std::size_t kBindingFields = 7;  // the type, and all but the ciphertext
constexpr std::size_t kFields = 8;
constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kMaxPrivateKeySize = 512;
constexpr std::size_t kMaxPurposeSize = 160;

bool IsPurpose(std::string_view text) {
  if (text.empty() || text.size() > kMaxPurposeSize) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == ':' || c == '/';
  });
}

Status Check(const Argon2Costs& costs) {
  if (costs.memory_kib > kMaxArgon2MemoryKib || costs.passes > kMaxArgon2Passes || costs.lanes > kMaxArgon2Lanes)
    return Error(ErrorCode::kTooLarge, "key file: Argon2id costs over the limit");
  if (costs.memory_kib < kMinArgon2MemoryKib || costs.passes < kMinArgon2Passes || costs.lanes == 0)
    return Malformed("key file: Argon2id costs under the minimum");
  return {};
}

bool IsSymmetric(const PublicKey& key) {
  return key.algorithm == 0 && key.bytes.empty();
}

Status CheckBinding(const KeyFile& file) {
  if (!IsPurpose(file.purpose)) return Malformed("key file: purpose");
  if (!IsSymmetric(file.public_key)) EK_TRY(CheckPublicKey(file.public_key));
  EK_TRY(Check(file.costs));
  EK_TRY(CheckSize(file.salt, kSaltSize, "key file: salt size"));
  EK_TRY(CheckAlgorithmNumber(file.aead));
  return CheckSize(file.nonce, kWrapNonceSize, "key file: nonce size");
}

Status Check(const KeyFile& file) {
  EK_TRY(CheckBinding(file));
  if (file.ciphertext.size() <= kTagSize || file.ciphertext.size() > kMaxPrivateKeySize + kTagSize)
    return Malformed("key file: ciphertext size");
  return {};
}

// DecodePublicKey refuses [0, h''], which only a key file may carry.
Result<PublicKey> ReadPublicKey(CborReader& in) {
  CborReader symmetric = in;
  EK_TRY(symmetric.ExpectArray(2));
  EK_TRY_ASSIGN(const std::uint64_t algorithm, symmetric.ReadUnsigned());
  if (algorithm != 0) return DecodePublicKey(in);
  EK_TRY(symmetric.ReadByteString(0));
  in = symmetric;
  return PublicKey{};
}

Status WritePublicKey(const PublicKey& key, CborWriter& out) {
  if (!IsSymmetric(key)) return EncodePublicKey(key, out);
  EK_TRY(out.Array(2));
  EK_TRY(out.Unsigned(0));
  return out.ByteString({});
}

Result<Argon2Costs> ReadCosts(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  Argon2Costs costs;
  EK_TRY_ASSIGN(costs.memory_kib, fields.Unsigned<std::uint32_t>(1));
  EK_TRY_ASSIGN(costs.passes, fields.Unsigned<std::uint32_t>(2));
  EK_TRY_ASSIGN(costs.lanes, fields.Unsigned<std::uint32_t>(3));
  EK_TRY(fields.End());
  return costs;
}

Status WriteCosts(const Argon2Costs& costs, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.Unsigned(1, costs.memory_kib));
  EK_TRY(fields.Unsigned(2, costs.passes));
  return fields.Unsigned(3, costs.lanes);
}

Result<FieldWriter> EncodeBindingFields(const KeyFile& file, std::size_t pairs, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, pairs));
  EK_TRY(fields.Text(kTypeKey, kType));
  EK_TRY(fields.Text(1, file.purpose));
  EK_TRY(fields.At(2));
  EK_TRY(WritePublicKey(file.public_key, out));
  EK_TRY(fields.At(3));
  EK_TRY(WriteCosts(file.costs, out));
  EK_TRY(fields.ByteString(4, file.salt));
  EK_TRY(fields.Unsigned(5, file.aead));
  EK_TRY(fields.ByteString(6, file.nonce));
  return fields;
}

}  // namespace

Result<KeyFile> DecodeKeyFile(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxKeyFileSize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kType));
  KeyFile file;
  EK_TRY_ASSIGN(file.purpose, fields.Text(1));
  EK_TRY(fields.At(2));
  EK_TRY_ASSIGN(file.public_key, ReadPublicKey(in));
  EK_TRY(fields.At(3));
  EK_TRY_ASSIGN(file.costs, ReadCosts(in));
  EK_TRY_ASSIGN(file.salt, fields.ByteString(4));
  EK_TRY_ASSIGN(file.aead, fields.Unsigned<std::uint16_t>(5));
  EK_TRY_ASSIGN(file.nonce, fields.ByteString(6));
  EK_TRY_ASSIGN(file.ciphertext, fields.ByteString(7));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(file));
  return file;
}

Status EncodeKeyFile(const KeyFile& file, CborWriter& out) {
  EK_TRY(Check(file));
  EK_TRY_ASSIGN(FieldWriter fields, EncodeBindingFields(file, kFields, out));
  return fields.ByteString(7, file.ciphertext);
}

Status EncodeKeyFileBinding(const KeyFile& file, CborWriter& out) {
  EK_TRY(CheckBinding(file));
  EK_TRY(EncodeBindingFields(file, kBindingFields, out));
  return {};
}

}  // namespace edgekeep::formats
