#include "edgekeep/formats/production_order.h"

#include <algorithm>

#include "fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kBookType = "edgekeep/ticket-book";

Status CheckHardware(std::string_view hardware) {
  const auto is_known = [](char c) { return c == '.' || (c >= '0' && c <= '9'); };
  const bool is_dotted = hardware.size() >= 3 && hardware.size() <= 64 && std::ranges::all_of(hardware, is_known) &&
                         hardware.front() != '.' && hardware.back() != '.' && hardware.find("..") == hardware.npos;
  return is_dotted ? Status() : Malformed("order: type of hardware");
}

Status CheckStation(std::string_view station) {
  const auto is_shown = [](char c) { return c > ' ' && c <= '~'; };
  const bool is_name = !station.empty() && station.size() <= kMaxStationName && std::ranges::all_of(station, is_shown);
  return is_name ? Status() : Malformed("order: a station's name");
}

Status CheckShares(const ProductionOrder& order) {
  if (order.shares.empty() || order.shares[0].first != 0) return Malformed("order: units of no station");
  for (std::size_t i = 0; i < order.shares.size(); ++i) {
    const StationShare& share = order.shares[i];
    EK_TRY(CheckStation(share.station));
    const bool is_next = i == 0 || share.first > order.shares[i - 1].first;
    if (!is_next || share.first >= order.units) return Malformed("order: a station without units");
    const auto earlier = order.shares.view().first(i);
    if (std::ranges::find(earlier, share.station, &StationShare::station) != earlier.end()) {
      return Malformed("order: a station that is named twice");
    }
  }
  return {};
}

Status Check(const ProductionOrder& order) {
  EK_TRY(CheckProduct(order.product));
  if (order.units == 0 || order.units > kMaxOrderUnits) return Malformed("order: units");
  EK_TRY(CheckTime(order.not_before));
  EK_TRY(CheckTime(order.expires));
  if (order.expires <= order.not_before) return Malformed("order: ends before it begins");
  EK_TRY(CheckHardware(order.hardware));
  return CheckShares(order);
}

Status Check(const TicketBook& book) {
  const std::size_t units = book.leaves.size() / Digest::kSize;
  const std::size_t secrets = book.secrets.size() / kTicketSecretSize;
  if (book.leaves.size() % Digest::kSize != 0 || units == 0 || units > kMaxOrderUnits) {
    return Malformed("tickets: leaves");
  }
  if (book.secrets.size() % kTicketSecretSize != 0 || secrets == 0) return Malformed("tickets: secrets");
  if (book.first >= units || secrets > units - book.first) return Malformed("tickets: more than the order has");
  return {};
}

Status ReadShares(FieldReader& fields, CborReader& in, ProductionOrder& order) {
  EK_TRY(fields.At(8));
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  if (count > kMaxOrderStations) return Error(ErrorCode::kTooLarge, "order: stations");
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const std::size_t parts, in.ReadArray());
    if (parts != 2) return Malformed("order: a station's share");
    StationShare share;
    EK_TRY_ASSIGN(share.station, in.ReadText());
    EK_TRY_ASSIGN(const std::uint64_t first, in.ReadUnsigned());
    if (first >= kMaxOrderUnits) return Malformed("order: a station's share");
    share.first = static_cast<std::uint32_t>(first);
    EK_TRY(order.shares.PushBack(share));
  }
  return {};
}

Status WriteShares(const ProductionOrder& order, FieldWriter& fields, CborWriter& out) {
  EK_TRY(fields.At(8));
  EK_TRY(out.Array(order.shares.size()));
  for (const StationShare& share : order.shares) {
    EK_TRY(out.Array(2));
    EK_TRY(out.Text(share.station));
    EK_TRY(out.Unsigned(share.first));
  }
  return {};
}

}  // namespace

Result<ProductionOrder> DecodeProductionOrder(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxProductionOrderSize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ProductionOrder order;
  EK_TRY_ASSIGN(order.id, fields.IdOf<OrderId>(1));
  EK_TRY_ASSIGN(order.product, fields.Product(2));
  EK_TRY_ASSIGN(order.units, fields.Unsigned<std::uint32_t>(3));
  EK_TRY_ASSIGN(order.not_before, fields.NumberOf<UnixTime>(4));
  EK_TRY_ASSIGN(order.expires, fields.NumberOf<UnixTime>(5));
  EK_TRY_ASSIGN(order.tickets, fields.IdOf<Digest>(6));
  EK_TRY_ASSIGN(order.hardware, fields.Text(7));
  EK_TRY(ReadShares(fields, in, order));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(order));
  return order;
}

Status EncodeProductionOrder(const ProductionOrder& order, CborWriter& out) {
  EK_TRY(Check(order));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 8));
  EK_TRY(fields.ByteString(1, order.id.view()));
  EK_TRY(fields.Text(2, order.product.view()));
  EK_TRY(fields.Unsigned(3, order.units));
  EK_TRY(fields.Unsigned(4, order.not_before.value));
  EK_TRY(fields.Unsigned(5, order.expires.value));
  EK_TRY(fields.ByteString(6, order.tickets.view()));
  EK_TRY(fields.Text(7, order.hardware));
  return WriteShares(order, fields, out);
}

Result<TicketBook> DecodeTicketBook(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxTicketBookSize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kBookType));
  TicketBook book;
  EK_TRY_ASSIGN(book.order, fields.IdOf<OrderId>(1));
  EK_TRY_ASSIGN(book.first, fields.Unsigned<std::uint32_t>(2));
  EK_TRY_ASSIGN(book.secrets, fields.ByteString(3));
  EK_TRY_ASSIGN(book.leaves, fields.ByteString(4));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(book));
  return book;
}

Status EncodeTicketBook(const TicketBook& book, CborWriter& out) {
  EK_TRY(Check(book));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 5));
  EK_TRY(fields.Text(kTypeKey, kBookType));
  EK_TRY(fields.ByteString(1, book.order.view()));
  EK_TRY(fields.Unsigned(2, book.first));
  EK_TRY(fields.ByteString(3, book.secrets));
  return fields.ByteString(4, book.leaves);
}

Status EncodeTicketLeaf(const OrderId& order, std::uint32_t number, const TicketSecret& secret, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.ByteString(1, order.view()));
  EK_TRY(fields.Unsigned(2, number));
  return fields.ByteString(3, secret.view());
}

}  // namespace edgekeep::formats
