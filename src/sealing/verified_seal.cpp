#include "edgekeep/sealing/verified_seal.h"

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::sealing {
namespace {

// The parts of a sealed file's front, as the preamble lays them out.
struct Front {
  formats::Preamble preamble;
  ByteView header;
  ByteView record;
};

Result<Front> SplitFront(ByteView front) {
  EK_TRY_ASSIGN(const formats::Preamble preamble, formats::DecodePreamble(front));
  if (front.size() < preamble.body_offset) return Error(ErrorCode::kMalformed, "file ends before its body");
  const std::size_t record_at = formats::kPreambleSize + std::size_t{preamble.header_size};
  const std::size_t room_at = record_at + preamble.record_size;
  EK_TRY(formats::CheckRoomIsZero(front.subspan(room_at, preamble.body_offset - room_at)));
  return Front{preamble, front.subspan(formats::kPreambleSize, preamble.header_size),
               front.subspan(record_at, preamble.record_size)};
}

// What holds between header, record and sizes, whoever has signed.
Status CheckAgreement(const crypto::Provider& provider, const Front& front, const formats::SealedHeader& header,
                      const formats::SealRecord& record, std::uint64_t file_size) {
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {front.header}));
  if (digest != record.header_digest) return Error(ErrorCode::kMalformed, "header is not the one that was signed");
  if (record.plaintext_size != header.plaintext_size) return Error(ErrorCode::kMalformed, "plaintext size");
  return formats::CheckSealedLayout(front.preamble, header, file_size);
}

Result<SealedFileId> IdOf(const crypto::Provider& provider, ByteView record_payload) {
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {record_payload}));
  return SealedFileId::From(digest.view());
}

}  // namespace

Result<UnverifiedSeal> ParseSeal(const crypto::Provider& provider, ByteView front_bytes, std::uint64_t file_size) {
  EK_TRY_ASSIGN(const Front front, SplitFront(front_bytes));
  UnverifiedSeal seal;
  seal.preamble = front.preamble;
  EK_TRY_ASSIGN(seal.header, formats::DecodeSealedHeader(front.header));
  EK_TRY_ASSIGN(const formats::SignedObject object,
                formats::DecodeSignedObject(formats::typ::kSealedFile, front.record));
  EK_TRY_ASSIGN(seal.record, formats::DecodeSealRecord(object.payload));
  EK_TRY(CheckAgreement(provider, front, seal.header, seal.record, file_size));
  EK_TRY_ASSIGN(seal.id, IdOf(provider, object.payload));
  return seal;
}

Result<VerifiedSeal> VerifySeal(const crypto::Provider& provider, ByteView front_bytes, std::uint64_t file_size,
                                const formats::TrustBundle& trust) {
  EK_TRY_ASSIGN(const Front front, SplitFront(front_bytes));
  EK_TRY_ASSIGN(const VerifiedPayload payload, VerifyObject(provider, formats::typ::kSealedFile, front.record,
                                                            trust.authors.view(), trust.required_classes.view()));
  VerifiedSeal seal;
  EK_TRY_ASSIGN(seal.record_, formats::DecodeSealRecord(payload.payload()));
  EK_TRY_ASSIGN(seal.header_, formats::DecodeSealedHeader(front.header));
  EK_TRY(CheckAgreement(provider, front, seal.header_, seal.record_, file_size));
  if (seal.header_.product.publisher() != trust.publisher) return Error(ErrorCode::kWrongProduct, "publisher");
  EK_TRY_ASSIGN(seal.id_, IdOf(provider, payload.payload()));
  seal.body_offset_ = front.preamble.body_offset;
  return seal;
}

}  // namespace edgekeep::sealing
