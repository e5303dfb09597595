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
inline constexpr std::uint32_t kMaxStations = 64;

struct OrderRequest {
  ProductName product;
  std::uint32_t units = 0;
  std::uint32_t stations = 1;  // among which the tickets are shared out
  UnixTime not_before;
  UnixTime expires;
  std::string hardware;
};

struct NewOrder {
  formats::OrderId id;
  std::string order;               // signed by all keys
  std::vector<SecretBytes> books;  // one for each station; whoever has one can make units of the order
};

// Fails with kBadArgument for more stations than units, or than kMaxStations.
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

 private:
  friend class Tickets;
  VerifiedOrder() = default;

  formats::ProductionOrder order_;  // its hardware is not to be looked at: `hardware_` owns that
  std::string hardware_;
};

}  // namespace edgekeep::factory
