// Production orders: made by a product's owner, used by stations without a network (spec/production-order.md).
#pragma once
#include <span>
#include <string>
#include <vector>

#include "edgekeep/base/secret.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/production_order.h"
#include "edgekeep/formats/trust_bundle.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::factory {

inline constexpr std::size_t kMaxSignedOrder = 65536;

struct OrderRequest {
  ProductName product;
  std::uint32_t units = 0;
  std::vector<std::string> stations;  // names of their journals: the tickets are shared out among them
  UnixTime not_before;
  UnixTime expires;
  std::string hardware;
};

struct NewOrder {
  formats::OrderId id;
  std::string order;               // signed by all keys
  std::vector<SecretBytes> books;  // one for each station; whoever has one can make units of the order
};

// Fails with kBadArgument for no station, more of them than units, or than formats::kMaxOrderStations; with kMalformed
// for a name that is none, or given twice.
Result<NewOrder> MakeOrder(const crypto::Provider& provider, const OrderRequest& request,
                           std::span<const sealing::SigningKey* const> keys);

// An order that its owner signed in every required class. Only Verify makes one.
class VerifiedOrder {
 public:
  static Result<VerifiedOrder> Verify(const crypto::Provider& provider, std::string_view order,
                                      const formats::Holder& owner, std::span<const std::uint8_t> required_classes);

  const formats::OrderId& id() const noexcept { return order_.id; }

  const ProductName& product() const noexcept { return order_.product; }

  std::uint32_t units() const noexcept { return order_.units; }

  const std::string& hardware() const noexcept { return hardware_; }

  // Fails with kNotYetValid or kExpired.
  Status CheckTime(UnixTime now) const;
  // That the ticket is one of this order's. Fails with kUntrusted.
  Status CheckTicket(const crypto::Provider& provider, const formats::Ticket& ticket) const;
  // That the ticket of this number is for that station, whose journal has the name. Fails with kForbidden. Every
  // identity shows its ticket: who saw one could enter it as well.
  Status CheckShare(std::string_view station, std::uint32_t number) const;

 private:
  friend class Tickets;
  VerifiedOrder() = default;

  struct Share {
    std::string station;
    std::uint32_t first = 0;
  };

  formats::ProductionOrder order_;  // without what it borrows: that is below
  std::string hardware_;
  std::vector<Share> shares_;
};

}  // namespace edgekeep::factory
