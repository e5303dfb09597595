#include "edgekeep/release/order.h"

#include <algorithm>
#include <new>
#include <optional>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/labels.h"
#include "edgekeep/release/root_holders.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::release {
namespace {

using formats::Holder;

bool HasKey(const Holder& holder, const formats::PublicKey& key) {
  return std::ranges::any_of(holder.keys, [&](const auto& its) { return Equal(its.bytes, key.bytes); });
}

Result<formats::OrderSigner*> SignerNamed(formats::OrderAuthority& authority, std::string_view name) {
  const auto found = std::ranges::find(authority.people, name, &formats::OrderSigner::name);
  if (found != authority.people.end()) return &*found;
  EK_TRY(authority.people.PushBack({.name = name, .keys = {}}));
  return &authority.people[authority.people.size() - 1];
}

bool HasKeysOf(const Holder& holder, const Holder& other) {
  return std::ranges::all_of(other.keys, [&](const formats::PublicKey& key) { return HasKey(holder, key); });
}

std::optional<crypto::Class> ClassOf(const formats::PublicKey& key) {
  const auto row = crypto::FindAlgorithm(static_cast<crypto::AlgorithmId>(key.algorithm), crypto::Kind::kSignature);
  return row ? std::optional(row->security_class) : std::nullopt;
}

bool HasEveryClass(const Holder& holder, std::span<const std::uint8_t> classes) {
  return std::ranges::all_of(classes, [&](std::uint8_t number) {
    return std::ranges::any_of(holder.keys, [number](const formats::PublicKey& key) {
      return ClassOf(key) == static_cast<crypto::Class>(number);
    });
  });
}

bool SharesAKeyWith(const Holder& a, const Holder& b) {
  return std::ranges::any_of(a.keys, [&](const formats::PublicKey& key) { return HasKey(b, key); });
}

}  // namespace

struct OrderPeople::Contents {
  Status Add(const Holder& holder) {
    for (const Holder& there : entries) {
      if (there.name == holder.name && HasKeysOf(there, holder)) return {};
      if (there.name != holder.name && SharesAKeyWith(there, holder))
        return Error(ErrorCode::kMalformed, "order: one key, two people");
    }
    return entries.PushBack(holder);
  }

  // Whoever has one of the rule's keys, of everybody that root and policy know.
  Status AddByKeys(const crypto::Provider& provider, const formats::TrustPolicy& policy,
                   const formats::OrderRule& rule) {
    for (const Holder& holder : root->people()) EK_TRY(AddIfNamed(provider, holder, rule));
    for (const Holder& holder : approvers->people()) EK_TRY(AddIfNamed(provider, holder, rule));
    for (const Holder& holder : policy.officers) EK_TRY(AddIfNamed(provider, holder, rule));
    return {};
  }

  // With the named keys alone in their classes: who is named by the key in a vault does not give orders by another one
  // of the same class.
  Status AddIfNamed(const crypto::Provider& provider, const Holder& holder, const formats::OrderRule& rule) {
    Holder named{.name = holder.name, .keys = {}};
    for (const formats::PublicKey& key : holder.keys) {
      const auto algorithm = static_cast<crypto::AlgorithmId>(key.algorithm);
      EK_TRY_ASSIGN(const KeyId kid, crypto::KeyIdOf(provider, algorithm, key.bytes));
      if (std::ranges::find(rule.keys, kid) != rule.keys.end()) EK_TRY(named.keys.PushBack(key));
    }
    if (named.keys.empty()) return {};
    const std::size_t num_named = named.keys.size();
    for (const formats::PublicKey& key : holder.keys) {
      const auto is_of_its_class = [&](const formats::PublicKey& other) { return ClassOf(other) == ClassOf(key); };
      if (std::ranges::none_of(named.keys.view().first(num_named), is_of_its_class)) EK_TRY(named.keys.PushBack(key));
    }
    return Add(named);
  }

  std::optional<RootHolders> root, approvers;
  InlineVector<Holder, formats::kMaxOrderPeople> entries;
  std::uint32_t quorum = 0;
};

OrderPeople::OrderPeople(std::unique_ptr<Contents> contents) noexcept : contents_(std::move(contents)) {}

OrderPeople::OrderPeople(OrderPeople&& other) noexcept = default;
OrderPeople::~OrderPeople() = default;

std::span<const Holder> OrderPeople::entries() const noexcept {
  return contents_->entries.view();
}

std::uint32_t OrderPeople::quorum() const noexcept {
  return contents_->quorum;
}

std::uint32_t OrderPeople::CountPeople(std::uint32_t entries) const noexcept {
  const std::span<const Holder> all = contents_->entries.view();
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((entries >> i & 1U) == 0) continue;
    bool is_first = true;
    for (std::size_t before = 0; before < i; ++before) {
      if ((entries >> before & 1U) != 0 && all[before].name == all[i].name) is_first = false;
    }
    count += is_first ? 1U : 0U;
  }
  return count;
}

Result<OrderPeople> OrderPeople::Read(const crypto::Provider& provider, const formats::TrustPolicy& policy,
                                      ByteView root, formats::OrderKind kind) {
  static_assert(formats::kMaxOrderPeople <= sealing::kMaxQuorumHolders);
  std::unique_ptr<Contents> contents(new (std::nothrow) Contents);
  if (contents == nullptr) return Error(ErrorCode::kNoMemory, "order");
  const formats::OrderRule* const rule = formats::FindRule(policy, kind);
  if (rule == nullptr) return OrderPeople(std::move(contents));
  EK_TRY_ASSIGN(contents->root, RootHolders::Read(root, "root"));
  EK_TRY_ASSIGN(contents->approvers, RootHolders::Read(root, "targets"));
  for (const formats::OrderRole role : rule->roles) {
    const RootHolders& named = role == formats::OrderRole::kRoot ? *contents->root : *contents->approvers;
    for (const Holder& holder : named.people()) EK_TRY(contents->Add(holder));
  }
  for (const Holder& officer : policy.officers) {
    const bool is_named = std::ranges::find(rule->officers, officer.name) != rule->officers.end();
    if (is_named) EK_TRY(contents->Add(officer));
  }
  EK_TRY(contents->AddByKeys(provider, policy, *rule));
  contents->quorum = rule->quorum;
  return OrderPeople(std::move(contents));
}

Status OrderPeople::Tell(const crypto::Provider& provider, formats::OrderAuthority& authority) const {
  authority.quorum = quorum();
  for (const Holder& holder : entries()) {
    EK_TRY_ASSIGN(formats::OrderSigner* const signer, SignerNamed(authority, holder.name));
    for (const formats::PublicKey& key : holder.keys) {
      const auto algorithm = static_cast<crypto::AlgorithmId>(key.algorithm);
      EK_TRY_ASSIGN(const KeyId kid, crypto::KeyIdOf(provider, algorithm, key.bytes));
      if (std::ranges::find(signer->keys, kid) == signer->keys.end()) EK_TRY(signer->keys.PushBack(kid));
    }
    std::ranges::sort(signer->keys);
  }
  std::ranges::sort(authority.people, {}, &formats::OrderSigner::name);
  return {};
}

Result<formats::AttestationNonce> OrderNonce(const crypto::Provider& provider, ByteView payload) {
  EK_TRY_ASSIGN(const Digest order, crypto::Sha256(provider, {payload}));
  EK_TRY_ASSIGN(const Digest nonce, crypto::Sha256(provider, {AsBytes(formats::label::kOrderNonce), order.view()}));
  return formats::AttestationNonce::From(nonce.view());
}

Result<VerifiedOrder> VerifyOrder(const crypto::Provider& provider, const formats::TrustPolicy& policy, ByteView root,
                                  ByteView object) {
  if (object.size() > formats::kMaxSignedOrder) return Error(ErrorCode::kTooLarge, "order");
  EK_TRY_ASSIGN(const formats::SignedObject decoded, formats::DecodeSignedObject(formats::typ::kOrder, object));
  EK_TRY_ASSIGN(const formats::Order order, formats::DecodeOrder(decoded.payload));
  if (order.authority != policy.authority) return Error(ErrorCode::kWrongProduct, "order: under another authority");
  EK_TRY_ASSIGN(const OrderPeople people, OrderPeople::Read(provider, policy, root, formats::KindOf(order.action)));
  if (people.quorum() == 0) return Error(ErrorCode::kForbidden, "order: the trust policy lets nobody give it");
  EK_TRY_ASSIGN(
      const sealing::ObjectSigners signers,
      sealing::FindSigners(provider, formats::typ::kOrder, object, people.entries(), policy.required_classes.view()));
  if (people.CountPeople(signers.complete) >= people.quorum()) return VerifiedOrder(order, decoded.payload);
  if (!signers.any_named) return Error(ErrorCode::kUntrusted, "order: signed by nobody who may give it");
  return Error(ErrorCode::kBadSignature, "order: too few people with the authority signed in every class");
}

Status CheckOfficersApart(const formats::TrustPolicy& policy, ByteView root) {
  for (const std::string_view role : {"root", "targets"}) {
    EK_TRY_ASSIGN(const RootHolders holders, RootHolders::Read(root, role));
    for (const Holder& officer : policy.officers) {
      const auto is_other = [&](const Holder& holder) {
        return holder.name != officer.name && SharesAKeyWith(holder, officer);
      };
      if (std::ranges::any_of(holders.holders(), is_other))
        return Error(ErrorCode::kMalformed, "trust policy: an officer with a key of one of the root's people");
    }
  }
  return {};
}

Status CheckOrdersCanBeGiven(const crypto::Provider& provider, const formats::TrustPolicy& policy, ByteView root) {
  for (const formats::OrderRule& rule : policy.orders) {
    EK_TRY_ASSIGN(const OrderPeople people, OrderPeople::Read(provider, policy, root, rule.kind));
    std::uint32_t able = 0;
    for (std::size_t i = 0; i < people.entries().size(); ++i) {
      if (HasEveryClass(people.entries()[i], policy.required_classes.view())) able |= std::uint32_t{1} << i;
    }
    if (people.CountPeople(able) < people.quorum())
      return Error(ErrorCode::kMalformed, "trust policy: too few people for orders of a kind");
  }
  return {};
}

}  // namespace edgekeep::release
