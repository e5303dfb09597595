#include "edgekeep/formats/trust_bundle.h"

#include "edgekeep/formats/signed_object.h"
#include "holder_fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::size_t kMaxKeys = 2 * kMaxHolders * kMaxHolderKeys + 1;

Status CheckKeys(const TrustBundle& bundle) {
  InlineVector<PublicKey, kMaxKeys> keys;
  EK_TRY(CollectKeys(bundle.authors.view(), keys));
  EK_TRY(CollectKeys(bundle.licensors.view(), keys));
  if (keys.size() > kMaxSignatures) return Error(ErrorCode::kTooLarge, "trust bundle: more keys than can sign it");
  EK_TRY(keys.PushBack(bundle.licensor_kem));
  return CheckKeysDiffer(keys.view());
}

Status Check(const TrustBundle& bundle) {
  if (!IsName(bundle.publisher)) return Malformed("trust bundle: publisher's name");
  EK_TRY(CheckClasses(bundle.required_classes.view()));
  if (bundle.authors.empty() || bundle.licensors.empty()) return Malformed("trust bundle: no holder");
  EK_TRY(CheckHolders(bundle.authors.view()));
  EK_TRY(CheckHolders(bundle.licensors.view()));
  return CheckKeys(bundle);
}

}  // namespace

Result<TrustBundle> DecodeTrustBundle(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxTrustBundleSize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  TrustBundle bundle;
  EK_TRY_ASSIGN(bundle.publisher, fields.Text(1));
  EK_TRY(fields.At(2));
  EK_TRY_ASSIGN(bundle.required_classes, ReadClasses(in));
  EK_TRY(fields.At(3));
  EK_TRY_ASSIGN(bundle.authors, ReadHolders<kMaxHolders>(in));
  EK_TRY(fields.At(4));
  EK_TRY_ASSIGN(bundle.licensors, ReadHolders<kMaxHolders>(in));
  EK_TRY_ASSIGN(bundle.licensor_kem, fields.Key(5));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(bundle));
  return bundle;
}

Status EncodeTrustBundle(const TrustBundle& bundle, CborWriter& out) {
  EK_TRY(Check(bundle));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 5));
  EK_TRY(fields.Text(1, bundle.publisher));
  EK_TRY(fields.At(2));
  EK_TRY(WriteClasses(bundle.required_classes.view(), out));
  EK_TRY(fields.At(3));
  EK_TRY(WriteHolders(bundle.authors.view(), out));
  EK_TRY(fields.At(4));
  EK_TRY(WriteHolders(bundle.licensors.view(), out));
  return fields.Key(5, bundle.licensor_kem);
}

}  // namespace edgekeep::formats
