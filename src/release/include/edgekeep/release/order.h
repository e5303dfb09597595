// Orders as a device believes them (spec/orders.md): signed by as many distinct people as its trust policy demands of
// orders of this kind, each in every required class.
#pragma once
#include <memory>
#include <span>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/evidence.h"
#include "edgekeep/formats/order.h"
#include "edgekeep/release/trust_policy.h"

namespace edgekeep::release {

// Who may give orders of one kind, by the policy and by the root that the device has.
class OrderPeople {
 public:
  // Empty where no rule gives anybody the authority. Fails with kMalformed where one key has two names, kTooLarge for
  // more than 32. What it hands out borrows from `policy` and from this.
  static Result<OrderPeople> Read(const crypto::Provider& provider, const formats::TrustPolicy& policy, ByteView root,
                                  formats::OrderKind kind);

  OrderPeople(OrderPeople&& other) noexcept;
  ~OrderPeople();

  // One person may stand here more than once, with other keys: people are counted by their names.
  std::span<const formats::Holder> entries() const noexcept;
  // 0: nobody may.
  std::uint32_t quorum() const noexcept;
  // Distinct names among the entries with a bit in `entries`.
  std::uint32_t CountPeople(std::uint32_t entries) const noexcept;
  // Quorum and people, each once with all keys. Views borrow as those of entries().
  Status Tell(const crypto::Provider& provider, formats::OrderAuthority& authority) const;

 private:
  struct Contents;
  explicit OrderPeople(std::unique_ptr<Contents> contents) noexcept;

  std::unique_ptr<Contents> contents_;
};

// An order that enough people with the authority for it signed. Only VerifyOrder makes one; it borrows from the bytes
// given.
class VerifiedOrder {
 public:
  const formats::Order& order() const noexcept { return order_; }

  ByteView payload() const noexcept { return payload_; }

 private:
  friend Result<VerifiedOrder> VerifyOrder(const crypto::Provider&, const formats::TrustPolicy&, ByteView, ByteView);

  VerifiedOrder(const formats::Order& order, ByteView payload) noexcept : order_(order), payload_(payload) {}

  formats::Order order_;
  ByteView payload_;
};

// Fails with kWrongProduct for another authority's, kForbidden where nobody has the authority, kUntrusted where nobody
// who has it signed, kBadSignature below the quorum or for a wrong signature by such a person's key. For whom it is,
// whether it is over and whether it was obeyed before is for the device to say.
Result<VerifiedOrder> VerifyOrder(const crypto::Provider& provider, const formats::TrustPolicy& policy, ByteView root,
                                  ByteView object);

// The nonce of the evidence that an order asks for, which answers no other order and no challenge but by chance.
Result<formats::AttestationNonce> OrderNonce(const crypto::Provider& provider, ByteView payload);

// No officer has a key of a holder of the root under another name: one person would count for two. Fails with
// kMalformed.
Status CheckOfficersApart(const formats::TrustPolicy& policy, ByteView root);

// Every rule has as many people in `root` and among the officers as its quorum, who have keys of every class. Fails
// with kMalformed, and as OrderPeople::Read does.
Status CheckOrdersCanBeGiven(const crypto::Provider& provider, const formats::TrustPolicy& policy, ByteView root);

}  // namespace edgekeep::release
