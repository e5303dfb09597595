// Production orders: how many units of a product may be made, each under one of the order's tickets
// (spec/production-order.md).
#pragma once
#include <string_view>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"

namespace edgekeep::formats {

inline constexpr std::uint32_t kMaxOrderUnits = 65536;
inline constexpr std::size_t kMaxTicketPath = 16;
inline constexpr std::size_t kMaxOrderStations = 64;
inline constexpr std::size_t kMaxStationName = 255;
inline constexpr std::size_t kMaxProductionOrderSize = 512 + kMaxOrderStations * (kMaxStationName + 16);
inline constexpr std::size_t kTicketSecretSize = 16;
inline constexpr std::size_t kMaxTicketBookSize = kMaxOrderUnits * (kTicketSecretSize + Digest::kSize) + 256;
inline constexpr std::size_t kMaxTicketLeafSize = 64;

using OrderId = StrongBytes<struct OrderIdTag, 16>;
using TicketSecret = StrongBytes<struct TicketSecretTag, kTicketSecretSize>;
using TicketPath = InlineVector<Digest, kMaxTicketPath>;

// Whose tickets these are: from `first` on, up to the next station's first, or to the last unit.
struct StationShare {
  std::string_view station;  // the name of its journal: 1 to kMaxStationName printable characters without a space
  std::uint32_t first = 0;
};

// The payload the product's owner signs, typ "edgekeep/production-order".
struct ProductionOrder {
  OrderId id;
  ProductName product;
  std::uint32_t units = 0;  // 1 … kMaxOrderUnits
  UnixTime not_before;
  UnixTime expires;           // first second at which it no longer holds
  Digest tickets;             // root of the tree over its tickets
  std::string_view hardware;  // the type of hardware: an object identifier in dots, 3 to 64 characters
  InlineVector<StationShare, kMaxOrderStations> shares;  // ascending from 0 on; none is empty, no station has two
};

// One unit's permission. Whoever knows the secret can use it; the path shows that the order has it.
struct Ticket {
  std::uint32_t number = 0;
  TicketSecret secret;
  TicketPath path;  // from the leaf up
};

// What a station is given of an order's tickets: some secrets, and the leaves of all.
struct TicketBook {
  OrderId order;
  std::uint32_t first = 0;  // number of the first secret
  ByteView secrets;         // kTicketSecretSize bytes each, at least one
  ByteView leaves;          // hashes of the tree's leaves, one for each unit of the order
};

Result<ProductionOrder> DecodeProductionOrder(ByteView payload);
Status EncodeProductionOrder(const ProductionOrder& order, CborWriter& out);
// A file: views borrow from `bytes`.
Result<TicketBook> DecodeTicketBook(ByteView bytes);
Status EncodeTicketBook(const TicketBook& book, CborWriter& out);
// A leaf of the order's tree.
Status EncodeTicketLeaf(const OrderId& order, std::uint32_t number, const TicketSecret& secret, CborWriter& out);

}  // namespace edgekeep::formats
