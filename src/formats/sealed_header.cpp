#include "edgekeep/formats/limits.h"
#include "edgekeep/formats/sealed_file.h"
#include "fields.h"
#include "optional_policy.h"
#include "preamble.h"

namespace edgekeep::formats {
namespace {

Status Check(const SealedHeader& header) {
  EK_TRY(CheckEnum(header.kind, SealedKind::kSystemImage));
  EK_TRY(CheckProduct(header.product));
  EK_TRY(CheckVersion(header.version));
  EK_TRY(CheckAlgorithmNumber(header.seal_suite));
  if (header.segment_size != kSegmentSize) return Error(ErrorCode::kUnsupported, "segment size");
  EK_TRY(CheckPlaintextSize(header.plaintext_size));
  EK_TRY(CheckAlgorithmNumber(header.hpke_suite));
  EK_TRY(CheckEnc(header.enc));
  EK_TRY(CheckSize(header.wrapped_key, kWrappedKeySize, "wrapped content key size"));
  return CheckProductPolicy(header.policy);
}

}  // namespace

Result<SealedHeader> DecodeSealedHeader(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxHeaderSize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  SealedHeader header;
  EK_TRY_ASSIGN(header.kind, fields.EnumOf<SealedKind>(1));
  EK_TRY_ASSIGN(header.product, fields.Product(2));
  EK_TRY_ASSIGN(header.version, fields.VersionOf(3));
  EK_TRY_ASSIGN(header.seal_suite, fields.Unsigned<std::uint16_t>(4));
  EK_TRY_ASSIGN(header.segment_size, fields.Unsigned<std::uint32_t>(5));
  EK_TRY_ASSIGN(header.plaintext_size, fields.Unsigned<std::uint64_t>(6));
  EK_TRY_ASSIGN(header.salt, fields.IdOf<Salt>(7));
  EK_TRY_ASSIGN(header.key_commitment, fields.IdOf<KeyCommitment>(8));
  EK_TRY_ASSIGN(header.hpke_suite, fields.Unsigned<std::uint16_t>(9));
  EK_TRY_ASSIGN(header.licensor_kem_kid, fields.IdOf<KeyId>(10));
  EK_TRY_ASSIGN(header.enc, fields.ByteString(11));
  EK_TRY_ASSIGN(header.wrapped_key, fields.ByteString(12));
  EK_TRY_ASSIGN(header.policy, ReadOptionalPolicy(fields, in, 13));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(header));
  return header;
}

Status EncodeSealedHeader(const SealedHeader& header, CborWriter& out) {
  EK_TRY(Check(header));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, header.policy.is_default() ? 12 : 13));
  EK_TRY(fields.Unsigned(1, std::to_underlying(header.kind)));
  EK_TRY(fields.Text(2, header.product.view()));
  EK_TRY(fields.VersionOf(3, header.version));
  EK_TRY(fields.Unsigned(4, header.seal_suite));
  EK_TRY(fields.Unsigned(5, header.segment_size));
  EK_TRY(fields.Unsigned(6, header.plaintext_size));
  EK_TRY(fields.ByteString(7, header.salt.view()));
  EK_TRY(fields.ByteString(8, header.key_commitment.view()));
  EK_TRY(fields.Unsigned(9, header.hpke_suite));
  EK_TRY(fields.ByteString(10, header.licensor_kem_kid.view()));
  EK_TRY(fields.ByteString(11, header.enc));
  EK_TRY(fields.ByteString(12, header.wrapped_key));
  return WriteOptionalPolicy(fields, out, 13, header.policy);
}

Status EncodeContentKeyBinding(const ProductName& product, Sequence sequence, const Salt& salt, CborWriter& out) {
  EK_TRY(CheckProduct(product));
  EK_TRY(out.Array(3));
  EK_TRY(out.Text(product.view()));
  EK_TRY(out.Unsigned(sequence.value));
  return out.ByteString(salt.view());
}

}  // namespace edgekeep::formats
