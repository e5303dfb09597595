// Tickets: those of an order that one station has.
#pragma once
#include "edgekeep/factory/order.h"

namespace edgekeep::factory {

// The tree over an order's tickets (RFC 6962 §2.1), whole.
class TicketTree {
 public:
  // Requires 1 to kMaxOrderUnits leaves.
  static Result<TicketTree> Make(const crypto::Provider& provider, std::vector<Digest> leaves);

  const Digest& root() const { return levels_.back().front(); }

  const std::vector<Digest>& leaves() const { return levels_.front(); }

  // From the leaf up; requires number < leaves().size().
  formats::TicketPath PathOf(std::uint32_t number) const;

 private:
  std::vector<std::vector<Digest>> levels_;  // a last one without a neighbour goes up as it is
};

Result<Digest> TicketLeaf(const crypto::Provider& provider, const formats::OrderId& order, std::uint32_t number,
                          const formats::TicketSecret& secret);

class Tickets {
 public:
  // Fails with kWrongProduct for a book of another order, kMalformed where a secret or a leaf is not the order's.
  static Result<Tickets> Open(const crypto::Provider& provider, const VerifiedOrder& order, const SecretBytes& book);

  std::uint32_t first() const noexcept { return first_; }

  std::uint32_t count() const noexcept { return static_cast<std::uint32_t>(secrets_.size()); }

  // Requires first() <= number < first() + count().
  formats::Ticket Take(std::uint32_t number) const;

 private:
  explicit Tickets(TicketTree tree) noexcept : tree_(std::move(tree)) {}

  TicketTree tree_;
  std::uint32_t first_ = 0;
  std::vector<formats::TicketSecret> secrets_;
};

}  // namespace edgekeep::factory
