#include "edgekeep/formats/factory_identity.h"

#include <algorithm>

#include "log_content.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kIdentityType = "edgekeep/identity";

Status Check(const Provisioned& provisioned) {
  if (provisioned.ticket.number >= kMaxOrderUnits) return Malformed("provisioned: ticket");
  if (provisioned.certificate.empty()) return Malformed("provisioned: certificate");
  return CheckLimit(provisioned.certificate, kMaxCertificateSize);
}

template <std::size_t N>
Status ReadPath(FieldReader& fields, std::int64_t key, CborReader& in, InlineVector<Digest, N>& path) {
  EK_TRY(fields.At(key));
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  if (count > N) return Error(ErrorCode::kTooLarge, "path");
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const ByteView bytes, in.ReadByteString());
    EK_TRY_ASSIGN(const Digest digest, Digest::From(bytes));
    EK_TRY(path.PushBack(digest));
  }
  return {};
}

template <std::size_t N>
Status WritePath(FieldWriter& fields, std::int64_t key, const InlineVector<Digest, N>& path, CborWriter& out) {
  EK_TRY(fields.At(key));
  EK_TRY(out.Array(path.size()));
  for (const Digest& digest : path) EK_TRY(out.ByteString(digest.view()));
  return {};
}

Status Check(const FactoryIdentity& identity) {
  if (identity.entry.empty()) return Malformed("identity: entry");
  EK_TRY(CheckLimit(identity.entry, kMaxLogEntrySize));
  if (identity.checkpoint.empty()) return Malformed("identity: checkpoint");
  return CheckLimit(AsBytes(identity.checkpoint), kMaxIdentityCheckpoint);
}

ByteView DigestAt(ByteView digests, std::size_t index) {
  return digests.subspan(index * Digest::kSize, Digest::kSize);
}

std::size_t LowerBound(ByteView digests, ByteView wanted) {
  std::size_t first = 0, count = digests.size() / Digest::kSize;
  while (count > 0) {
    const std::size_t half = count / 2;
    if (std::ranges::lexicographical_compare(DigestAt(digests, first + half), wanted)) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return first;
}

Status CheckDigests(ByteView digests) {
  if (digests.size() % Digest::kSize != 0) return Malformed("identity list: digests");
  for (std::size_t i = 1; i < digests.size() / Digest::kSize; ++i) {
    if (!std::ranges::lexicographical_compare(DigestAt(digests, i - 1), DigestAt(digests, i))) {
      return Malformed("identity list: order of digests");
    }
  }
  return {};
}

bool Holds(ByteView digests, ByteView wanted) {
  const std::size_t at = LowerBound(digests, wanted);
  return at < digests.size() / Digest::kSize && std::ranges::equal(DigestAt(digests, at), wanted);
}

Status CheckApart(ByteView digests, ByteView others) {
  for (std::size_t i = 0; i < digests.size() / Digest::kSize; ++i) {
    if (Holds(others, DigestAt(digests, i))) return Malformed("identity list: one certificate in two places");
  }
  return {};
}

Status Check(const IdentityList& list) {
  EK_TRY(CheckProduct(list.product));
  if (list.units == 0 || list.units > kMaxOrderUnits) return Malformed("identity list: units");
  EK_TRY(CheckTime(list.issued_at));
  EK_TRY(CheckDigests(list.accepted));
  EK_TRY(CheckDigests(list.refused));
  EK_TRY(CheckDigests(list.retired));
  EK_TRY(CheckDigests(list.retired_chips));
  if (list.retired_chips.size() / Digest::kSize > kMaxListedIdentities)
    return Error(ErrorCode::kTooLarge, "identity list: chips that retired");
  if ((list.accepted.size() + list.retired.size()) / Digest::kSize > list.units)
    return Malformed("identity list: more than were ordered");
  EK_TRY(CheckApart(list.refused, list.accepted));
  EK_TRY(CheckApart(list.retired, list.accepted));
  return CheckApart(list.retired, list.refused);
}

}  // namespace

Result<Provisioned> DecodeProvisioned(ByteView content) {
  CborReader in(content);
  EK_TRY_ASSIGN(FieldReader fields, EnterLogContent(LogContentKind::kProvisioned, content, in));
  Provisioned provisioned;
  EK_TRY_ASSIGN(provisioned.order, fields.IdOf<OrderId>(1));
  EK_TRY_ASSIGN(provisioned.ticket.number, fields.Unsigned<std::uint32_t>(2));
  EK_TRY_ASSIGN(provisioned.ticket.secret, fields.IdOf<TicketSecret>(3));
  EK_TRY(ReadPath(fields, 4, in, provisioned.ticket.path));
  EK_TRY_ASSIGN(provisioned.chip, fields.IdOf<ChipId>(5));
  EK_TRY_ASSIGN(provisioned.device, fields.IdOf<DeviceId>(6));
  EK_TRY_ASSIGN(provisioned.certificate, fields.ByteString(7));
  EK_TRY(EndLogContent(fields, in));
  EK_TRY(Check(provisioned));
  return provisioned;
}

Status EncodeProvisioned(const Provisioned& provisioned, CborWriter& out) {
  EK_TRY(Check(provisioned));
  EK_TRY_ASSIGN(FieldWriter fields, BeginLogContent(LogContentKind::kProvisioned, 7, out));
  EK_TRY(fields.ByteString(1, provisioned.order.view()));
  EK_TRY(fields.Unsigned(2, provisioned.ticket.number));
  EK_TRY(fields.ByteString(3, provisioned.ticket.secret.view()));
  EK_TRY(WritePath(fields, 4, provisioned.ticket.path, out));
  EK_TRY(fields.ByteString(5, provisioned.chip.view()));
  EK_TRY(fields.ByteString(6, provisioned.device.view()));
  return fields.ByteString(7, provisioned.certificate);
}

Result<Voided> DecodeVoided(ByteView content) {
  CborReader in(content);
  EK_TRY_ASSIGN(FieldReader fields, EnterLogContent(LogContentKind::kVoided, content, in));
  Voided voided;
  EK_TRY_ASSIGN(voided.order, fields.IdOf<OrderId>(1));
  EK_TRY_ASSIGN(voided.index, fields.Unsigned<std::uint64_t>(2));
  EK_TRY(EndLogContent(fields, in));
  return voided;
}

Status EncodeVoided(const Voided& voided, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, BeginLogContent(LogContentKind::kVoided, 2, out));
  EK_TRY(fields.ByteString(1, voided.order.view()));
  return fields.Unsigned(2, voided.index);
}

Result<FactoryIdentity> DecodeFactoryIdentity(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxFactoryIdentitySize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kIdentityType));
  FactoryIdentity identity;
  EK_TRY_ASSIGN(identity.entry, fields.ByteString(1));
  EK_TRY_ASSIGN(identity.index, fields.Unsigned<std::uint64_t>(2));
  EK_TRY(ReadPath(fields, 3, in, identity.path));
  EK_TRY_ASSIGN(identity.checkpoint, fields.Text(4));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(identity));
  return identity;
}

Status EncodeFactoryIdentity(const FactoryIdentity& identity, CborWriter& out) {
  EK_TRY(Check(identity));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 5));
  EK_TRY(fields.Text(kTypeKey, kIdentityType));
  EK_TRY(fields.ByteString(1, identity.entry));
  EK_TRY(fields.Unsigned(2, identity.index));
  EK_TRY(WritePath(fields, 3, identity.path, out));
  return fields.Text(4, identity.checkpoint);
}

Result<IdentityList> DecodeIdentityList(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxIdentityListSize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  IdentityList list;
  EK_TRY_ASSIGN(list.order, fields.IdOf<OrderId>(1));
  EK_TRY_ASSIGN(list.product, fields.Product(2));
  EK_TRY_ASSIGN(list.units, fields.Unsigned<std::uint32_t>(3));
  EK_TRY_ASSIGN(list.issued_at, fields.NumberOf<UnixTime>(4));
  EK_TRY_ASSIGN(list.accepted, fields.ByteString(5));
  EK_TRY_ASSIGN(list.refused, fields.ByteString(6));
  EK_TRY_ASSIGN(list.retired, fields.ByteString(7));
  EK_TRY_ASSIGN(list.retired_chips, fields.ByteString(8));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(list));
  return list;
}

Status EncodeIdentityList(const IdentityList& list, CborWriter& out) {
  EK_TRY(Check(list));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 8));
  EK_TRY(fields.ByteString(1, list.order.view()));
  EK_TRY(fields.Text(2, list.product.view()));
  EK_TRY(fields.Unsigned(3, list.units));
  EK_TRY(fields.Unsigned(4, list.issued_at.value));
  EK_TRY(fields.ByteString(5, list.accepted));
  EK_TRY(fields.ByteString(6, list.refused));
  EK_TRY(fields.ByteString(7, list.retired));
  return fields.ByteString(8, list.retired_chips);
}

bool Lists(ByteView digests, const CertificateDigest& certificate) {
  return Holds(digests, certificate.view());
}

bool ListsChip(ByteView chips, const ChipId& chip) {
  return Holds(chips, chip.view());
}

}  // namespace edgekeep::formats
