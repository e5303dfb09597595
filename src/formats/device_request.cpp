#include "edgekeep/formats/device_request.h"

#include "evidence_parts.h"
#include "ownership_fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::int64_t kChipKey = 4;
constexpr std::int64_t kRekeyedKey = 5;
constexpr std::int64_t kOwnershipKey = 6;

Status Check(const DeviceRequest& request) {
  EK_TRY(CheckEnum(request.anchor, AnchorKind::kOptee));
  if (request.chip.has_value() != (request.anchor == AnchorKind::kTpm2))
    return Malformed("device request: a chip and no tpm2 anchor");
  if (request.rekeyed_at) EK_TRY(CheckTime(*request.rekeyed_at));
  if (SameKey(request.identity, request.kem)) return Malformed("device request: one key for two purposes");
  return {};
}

}  // namespace

Result<DeviceRequest> DecodeDeviceRequest(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxDeviceRequestSize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  DeviceRequest request;
  EK_TRY_ASSIGN(request.identity, fields.Key(1));
  EK_TRY_ASSIGN(request.kem, fields.Key(2));
  EK_TRY_ASSIGN(request.anchor, fields.EnumOf<AnchorKind>(3));
  EK_TRY_ASSIGN(const bool has_chip, fields.Has(kChipKey));
  if (has_chip) {
    EK_TRY_ASSIGN(request.chip, ReadChip(in));
  }
  EK_TRY_ASSIGN(const bool is_rekeyed, fields.Has(kRekeyedKey));
  if (is_rekeyed) {
    EK_TRY_ASSIGN(const std::uint64_t at, in.ReadUnsigned());
    request.rekeyed_at = UnixTime{at};
  }
  EK_TRY_ASSIGN(const bool has_ownership, fields.Has(kOwnershipKey));
  if (has_ownership) {
    EK_TRY_ASSIGN(request.ownership, ReadOwnership(in));
  }
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(request));
  return request;
}

Status EncodeDeviceRequest(const DeviceRequest& request, CborWriter& out) {
  EK_TRY(Check(request));
  const std::size_t pairs =
      3U + (request.chip ? 1U : 0U) + (request.rekeyed_at ? 1U : 0U) + (request.ownership ? 1U : 0U);
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, pairs));
  EK_TRY(fields.Key(1, request.identity));
  EK_TRY(fields.Key(2, request.kem));
  EK_TRY(fields.Unsigned(3, std::to_underlying(request.anchor)));
  if (request.chip) {
    EK_TRY(fields.At(kChipKey));
    EK_TRY(WriteChip(*request.chip, out));
  }
  if (request.rekeyed_at) EK_TRY(fields.Unsigned(kRekeyedKey, request.rekeyed_at->value));
  if (!request.ownership) return {};
  EK_TRY(fields.At(kOwnershipKey));
  return WriteOwnership(*request.ownership, out);
}

}  // namespace edgekeep::formats
