#include "edgekeep/factory/order.h"

#include <algorithm>

#include "edgekeep/factory/tickets.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/release/log/merkle.h"

namespace edgekeep::factory {
namespace {

using formats::TicketSecret;

Result<SecretBytes> WriteBook(const formats::OrderId& order, std::uint32_t first, std::span<const TicketSecret> secrets,
                              ByteView leaves) {
  EK_TRY_ASSIGN(SecretBytes joined, SecretBytes::Allocate(secrets.size() * formats::kTicketSecretSize));
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    std::ranges::copy(secrets[i].view(), joined.RevealForWriting().subspan(i * formats::kTicketSecretSize).begin());
  }
  std::vector<std::uint8_t> buffer(joined.Reveal().size() + leaves.size() + 256);
  CborWriter out(buffer);
  const Status encoded =
      formats::EncodeTicketBook({.order = order, .first = first, .secrets = joined.Reveal(), .leaves = leaves}, out);
  Result<SecretBytes> book = encoded ? SecretBytes::CopyOf(out.written()) : Result<SecretBytes>(encoded.error());
  Wipe(buffer);
  return book;
}

// Station i of n has the units from i * units / n on.
std::uint32_t FirstOf(const OrderRequest& request, std::size_t station) {
  return static_cast<std::uint32_t>(std::uint64_t{station} * request.units / request.stations.size());
}

Status CheckRequest(const OrderRequest& request) {
  const std::size_t stations = request.stations.size();
  const bool is_right = request.units > 0 && request.units <= formats::kMaxOrderUnits && stations > 0 &&
                        stations <= formats::kMaxOrderStations && stations <= request.units;
  return is_right ? Status() : Error(ErrorCode::kBadArgument, "order: units and stations");
}

Result<std::string> SignOrder(const crypto::Provider& provider, const formats::ProductionOrder& order,
                              std::span<const sealing::SigningKey* const> keys) {
  std::vector<std::uint8_t> buffer(formats::kMaxProductionOrderSize);
  CborWriter out(buffer);
  EK_TRY(formats::EncodeProductionOrder(order, out));
  EK_TRY_ASSIGN(const Bytes object, sealing::SignObject(provider, formats::typ::kProductionOrder, out.written(), keys));
  return std::string(AsText(object.view()));
}

Result<formats::ProductionOrder> OrderOf(const OrderRequest& request, const formats::OrderId& id,
                                         const Digest& tickets) {
  formats::ProductionOrder order{.id = id,
                                 .product = request.product,
                                 .units = request.units,
                                 .not_before = request.not_before,
                                 .expires = request.expires,
                                 .tickets = tickets,
                                 .hardware = request.hardware,
                                 .shares = {}};
  for (std::size_t i = 0; i < request.stations.size(); ++i) {
    EK_TRY(order.shares.PushBack({.station = request.stations[i], .first = FirstOf(request, i)}));
  }
  return order;
}

}  // namespace

Result<NewOrder> MakeOrder(const crypto::Provider& provider, const OrderRequest& request,
                           std::span<const sealing::SigningKey* const> keys) {
  EK_TRY(CheckRequest(request));
  NewOrder made;
  EK_TRY(provider.Random(made.id.mutable_view()));
  std::vector<TicketSecret> secrets(request.units);
  std::vector<Digest> leaves;
  for (std::uint32_t number = 0; number < request.units; ++number) {
    EK_TRY(provider.Random(secrets[number].mutable_view()));
    EK_TRY_ASSIGN(const Digest leaf, TicketLeaf(provider, made.id, number, secrets[number]));
    leaves.push_back(leaf);
  }
  std::vector<std::uint8_t> joined;
  for (const Digest& leaf : leaves) joined.insert(joined.end(), leaf.view().begin(), leaf.view().end());
  EK_TRY_ASSIGN(const TicketTree tree, TicketTree::Make(provider, std::move(leaves)));
  EK_TRY_ASSIGN(const formats::ProductionOrder order, OrderOf(request, made.id, tree.root()));
  EK_TRY_ASSIGN(made.order, SignOrder(provider, order, keys));
  for (std::size_t station = 0; station < request.stations.size(); ++station) {
    const std::uint32_t first = FirstOf(request, station);
    const auto own = std::span(secrets).subspan(first, FirstOf(request, station + 1) - first);
    EK_TRY_ASSIGN(SecretBytes book, WriteBook(made.id, first, own, joined));
    made.books.push_back(std::move(book));
  }
  return made;
}

Result<VerifiedOrder> VerifiedOrder::Verify(const crypto::Provider& provider, std::string_view order,
                                            const formats::Holder& owner,
                                            std::span<const std::uint8_t> required_classes) {
  if (order.size() > kMaxSignedOrder) return Error(ErrorCode::kTooLarge, "order");
  EK_TRY_ASSIGN(
      const sealing::VerifiedPayload signed_order,
      sealing::VerifyObject(provider, formats::typ::kProductionOrder, AsBytes(order), {&owner, 1}, required_classes));
  VerifiedOrder verified;
  EK_TRY_ASSIGN(verified.order_, formats::DecodeProductionOrder(signed_order.payload()));
  verified.hardware_ = verified.order_.hardware;
  verified.order_.hardware = {};
  for (const formats::StationShare& share : verified.order_.shares) {
    verified.shares_.push_back({std::string(share.station), share.first});
  }
  verified.order_.shares = {};
  return verified;
}

Status VerifiedOrder::CheckTime(UnixTime now) const {
  if (now < order_.not_before) return Error(ErrorCode::kNotYetValid, "order");
  return now < order_.expires ? Status() : Error(ErrorCode::kExpired, "order");
}

Status VerifiedOrder::CheckTicket(const crypto::Provider& provider, const formats::Ticket& ticket) const {
  if (ticket.number >= order_.units) return Error(ErrorCode::kUntrusted, "ticket: beyond the order");
  EK_TRY_ASSIGN(const Digest leaf, TicketLeaf(provider, order_.id, ticket.number, ticket.secret));
  const Status proven = release::log::VerifyInclusion(provider, ticket.number, leaf, ticket.path,
                                                      {.size = order_.units, .root = order_.tickets});
  return proven ? Status() : Error(ErrorCode::kUntrusted, "ticket: not of this order");
}

Status VerifiedOrder::CheckShare(std::string_view station, std::uint32_t number) const {
  const auto after = std::ranges::upper_bound(shares_, number, {}, &Share::first);
  if (after != shares_.begin() && std::prev(after)->station == station) return {};
  return Error(ErrorCode::kForbidden, "ticket: another station's");
}

}  // namespace edgekeep::factory
