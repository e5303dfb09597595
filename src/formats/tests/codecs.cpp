#include "codecs.h"

#include "edgekeep/base/reader.h"
#include "edgekeep/formats/commit_record.h"
#include "edgekeep/formats/device_request.h"
#include "edgekeep/formats/grant.h"
#include "edgekeep/formats/key_file.h"
#include "edgekeep/formats/licence.h"
#include "edgekeep/formats/licence_report.h"
#include "edgekeep/formats/operations_policy.h"
#include "edgekeep/formats/order.h"
#include "edgekeep/formats/package_index.h"
#include "edgekeep/formats/product_policy.h"
#include "edgekeep/formats/receipt.h"
#include "edgekeep/formats/retirement.h"
#include "edgekeep/formats/sealed_file.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/formats/slot_file.h"
#include "edgekeep/formats/stored_values.h"
#include "edgekeep/formats/trust_bundle.h"
#include "edgekeep/formats/trust_policy.h"

namespace edgekeep::formats {
namespace {

// Preambles are decoded from the front of a file; here nothing may follow.
template <typename Decode>
auto Whole(Decode decode) {
  return [decode](ByteView bytes) -> Result<Preamble> {
    if (bytes.size() > kPreambleSize) return Error(ErrorCode::kMalformed, "bytes after a preamble");
    return decode(bytes);
  };
}

}  // namespace

Result<ByteVector> ReencodedPreamble(ByteView bytes) {
  return Reencoded<Writer>(bytes, Whole(DecodePreamble), EncodePreamble);
}

Result<ByteVector> ReencodedSealedHeader(ByteView bytes) {
  return Reencoded(bytes, DecodeSealedHeader, EncodeSealedHeader);
}

Result<ByteVector> ReencodedProductPolicy(ByteView bytes) {
  return Reencoded(bytes, [](ByteView input) { return DecodeProductPolicy(input); }, EncodeProductPolicy);
}

Result<ByteVector> ReencodedOperationsPolicy(ByteView bytes) {
  return Reencoded(bytes, DecodeOperationsPolicy, EncodeOperationsPolicy);
}

Result<ByteVector> ReencodedSealRecord(ByteView bytes) {
  return Reencoded(bytes, DecodeSealRecord, EncodeSealRecord);
}

Result<ByteVector> ReencodedSlotPreamble(ByteView bytes) {
  return Reencoded<Writer>(bytes, Whole(DecodeSlotPreamble), EncodeSlotPreamble);
}

Result<ByteVector> ReencodedSlotFileHeader(ByteView bytes) {
  return Reencoded(bytes, DecodeSlotFileHeader, EncodeSlotFileHeader);
}

Result<ByteVector> ReencodedSignedObject(ByteView bytes) {
  return Reencoded(
      bytes, [](ByteView input) { return DecodeSignedObject(typ::kGrant, input); },
      [](const SignedObject& object, CborWriter& out) { return EncodeSignedObject(typ::kGrant, object, out); });
}

Result<ByteVector> ReencodedGrant(ByteView bytes) {
  return Reencoded(bytes, DecodeGrant, EncodeGrant);
}

Result<ByteVector> ReencodedLicenceReport(ByteView bytes) {
  return Reencoded(bytes, DecodeLicenceReport, EncodeLicenceReport);
}

Result<ByteVector> ReencodedLicence(ByteView bytes) {
  return Reencoded(bytes, DecodeLicence, EncodeLicence);
}

Result<ByteVector> ReencodedPublicKey(ByteView bytes) {
  const auto decode = [](ByteView input) -> Result<PublicKey> {
    CborReader in(input);
    EK_TRY_ASSIGN(const PublicKey key, DecodePublicKey(in));
    EK_TRY(in.ExpectEnd());
    return key;
  };
  return Reencoded(bytes, decode, EncodePublicKey);
}

Result<ByteVector> ReencodedTrustBundle(ByteView bytes) {
  return Reencoded(bytes, DecodeTrustBundle, EncodeTrustBundle);
}

Result<ByteVector> ReencodedTrustPolicy(ByteView bytes) {
  return Reencoded(bytes, DecodeTrustPolicy, EncodeTrustPolicy);
}

Result<ByteVector> ReencodedTimeRepair(ByteView bytes) {
  return Reencoded(bytes, DecodeTimeRepair, EncodeTimeRepair);
}

Result<ByteVector> ReencodedOrder(ByteView bytes) {
  return Reencoded(bytes, DecodeOrder, EncodeOrder);
}

Result<ByteVector> ReencodedOrderAuthority(ByteView bytes) {
  return Reencoded(bytes, DecodeOrderAuthority, EncodeOrderAuthority);
}

Result<ByteVector> ReencodedRetirement(ByteView bytes) {
  return Reencoded(bytes, DecodeRetirementCertificate, EncodeRetirementCertificate);
}

Result<ByteVector> ReencodedDeviceRequest(ByteView bytes) {
  return Reencoded(bytes, DecodeDeviceRequest, EncodeDeviceRequest);
}

Result<ByteVector> ReencodedCommitRecord(ByteView bytes) {
  return Reencoded(bytes, DecodeCommitRecord, EncodeCommitRecord);
}

Result<ByteVector> ReencodedKeyFile(ByteView bytes) {
  return Reencoded(bytes, DecodeKeyFile, EncodeKeyFile);
}

Result<ByteVector> ReencodedReceiptBatch(ByteView bytes) {
  return Reencoded(bytes, DecodeReceiptBatch, EncodeReceiptBatch);
}

Result<ByteVector> ReencodedReceipt(ByteView bytes) {
  return Reencoded(bytes, DecodeReceipt, EncodeReceipt);
}

Result<ByteVector> ReencodedStoredValues(ByteView bytes) {
  return Reencoded(bytes, DecodeStoredValues, EncodeStoredValues);
}

Result<ByteVector> ReencodedPackageIndex(ByteView bytes) {
  Reader reader(bytes);
  EK_TRY_ASSIGN(const std::uint64_t plaintext_size, reader.ReadU64LittleEndian());
  const auto decode = [plaintext_size](ByteView index) { return DecodePackageIndex(index, plaintext_size); };
  EK_TRY_ASSIGN(const ByteVector index, Reencoded(bytes.last(reader.remaining()), decode, EncodePackageIndex));
  ByteVector whole(bytes.begin(), bytes.begin() + 8);
  whole.insert(whole.end(), index.begin(), index.end());
  return whole;
}

}  // namespace edgekeep::formats
