#include "edgekeep/author/order.h"

#include <algorithm>

#include "edgekeep/author/holder_keys.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/release/order.h"
#include "metadata_json.h"
#include "policy_folder.h"

namespace edgekeep::author {
namespace {

// A policy, and who may give one order by it: by the root of now, and of a dangerous kind, where there was another one,
// by the root before as well. What people hand out borrows from the policy.
struct Authority {
  release::VerifiedTrustPolicy policy;
  std::vector<release::OrderPeople> quorums;
  std::vector<std::string_view> roots;  // of each
};

Outcome<release::VerifiedTrustPolicy> TrustedPolicy(const Context& context, const OrderTrust& trust) {
  const std::string& root = trust.policy_root.empty() ? trust.root : trust.policy_root;
  return At("trust policy", release::VerifyTakenPolicy(context.provider, trust.policy.view(), AsBytes(root)));
}

Done AddQuorum(const Context& context, const formats::Order& order, std::string_view root, Authority& authority) {
  EK_TRY_ASSIGN(release::OrderPeople people,
                At("root", release::OrderPeople::Read(context.provider, authority.policy.policy(), AsBytes(root),
                                                      formats::KindOf(order.action))));
  if (people.quorum() == 0)
    return Failure{ErrorCode::kForbidden, "nobody may give this order", formats::NameOf(order.action),
                   "have the root's holders sign a trust policy that says who may"};
  authority.quorums.push_back(std::move(people));
  authority.roots.push_back(root);
  return {};
}

Outcome<Authority> AuthorityOver(const Context& context, const OrderTrust& trust, const formats::Order& order) {
  EK_TRY_ASSIGN(release::VerifiedTrustPolicy policy, TrustedPolicy(context, trust));
  if (order.authority != policy.policy().authority)
    return Failure{ErrorCode::kWrongProduct, "an order under another authority's policy", std::string(order.authority),
                   "name the trust policy of that publisher"};
  Authority authority{.policy = std::move(policy), .quorums = {}, .roots = {}};
  EK_TRY(AddQuorum(context, order, trust.root, authority));
  const bool needs_both = !trust.root_before.empty() && trust.root_before != trust.root &&
                          formats::IsDangerous(formats::KindOf(order.action));
  if (needs_both) EK_TRY(AddQuorum(context, order, trust.root_before, authority));
  return authority;
}

Outcome<PolicyFolder> OpenOrder(const Context& context, const std::string& path) {
  EK_TRY_ASSIGN(PolicyFolder folder, PolicyFolder::Open(context, path));
  if (folder.type() == formats::typ::kOrder) return folder;
  return Failure{ErrorCode::kUnsupported, "no order", path, "name a folder that 'order write' made"};
}

// One person's signatures, in every class, and where they count: entries of each quorum.
struct Giver {
  Bytes object;  // with these signatures alone
  std::vector<std::uint32_t> entries;
};

bool IsOf(const formats::Holder& entry, const formats::Holder& holder) {
  return entry.name == holder.name && std::ranges::all_of(holder.keys, [&](const formats::PublicKey& key) {
           return std::ranges::any_of(entry.keys, [&](const auto& its) { return Equal(its.bytes, key.bytes); });
         });
}

// Two roots list the keys of one person in any order.
bool IsSameEntry(const formats::Holder& a, const formats::Holder& b) {
  return IsOf(a, b) && IsOf(b, a);
}

std::vector<std::uint32_t> PlacesOf(const Authority& authority, const formats::Holder& holder) {
  std::vector<std::uint32_t> places;
  for (const release::OrderPeople& people : authority.quorums) {
    std::uint32_t entries = 0;
    for (std::size_t i = 0; i < people.entries().size(); ++i)
      entries |= IsSameEntry(people.entries()[i], holder) ? std::uint32_t{1} << i : 0U;
    places.push_back(entries);
  }
  return places;
}

// Of everybody who may give it and signed in every class; wrong files count for nobody.
Outcome<std::vector<Giver>> Gather(const Context& context, const PolicyFolder& folder, const Authority& authority,
                                   const std::string& place) {
  const auto classes = authority.policy.policy().required_classes.view();
  std::vector<Giver> givers;
  EK_TRY_ASSIGN(const std::vector<Bytes> files, folder.Signed());
  for (const release::OrderPeople& people : authority.quorums) {
    for (const formats::Holder& holder : people.entries()) {
      Giver giver{.object = {}, .entries = PlacesOf(authority, holder)};
      if (std::ranges::find(givers, giver.entries, &Giver::entries) != givers.end()) continue;
      for (const Bytes& file : files) {
        const auto signers =
            sealing::FindSigners(context.provider, formats::typ::kOrder, file.view(), {&holder, 1}, classes);
        if (!signers || signers->complete == 0 || !giver.object.empty()) continue;
        EK_TRY_ASSIGN(giver.object, At(place, sealing::WithSignaturesOf(context.provider, formats::typ::kOrder,
                                                                        file.view(), holder)));
      }
      if (!giver.object.empty()) givers.push_back(std::move(giver));
    }
  }
  return givers;
}

// Who has given it, of each quorum.
std::vector<std::uint32_t> EntriesOf(const Authority& authority, const std::vector<Giver>& givers) {
  std::vector<std::uint32_t> entries(authority.quorums.size());
  for (const Giver& giver : givers) {
    for (std::size_t i = 0; i < entries.size(); ++i) entries[i] |= giver.entries[i];
  }
  return entries;
}

std::string DescribeOwnership(const formats::Ownership& ownership) {
  const std::string of(ToHex(ownership.of.view()).view());
  if (!ownership.changes) return "frees it from an owner whose record is damaged: the record with the SHA-256 " + of;
  return "frees it from the authority whose certificate has the SHA-256 " + of + ", after " +
         std::to_string(*ownership.changes) + " changes of owner";
}

std::vector<std::string> DescribeOrder(const formats::Order& order) {
  std::vector<std::string> lines = {"order " + std::to_string(order.sequence) + " of kind " +
                                        formats::NameOf(formats::KindOf(order.action)) + ": " +
                                        formats::NameOf(order.action),
                                    "under the trust policy of " + std::string(order.authority),
                                    "from " + DateTimeText(order.issued_at) + " to " + DateTimeText(order.not_after)};
  if (order.product) lines.push_back("product " + std::string(order.product->view()));
  if (order.action == formats::OrderAction::kBoundSessions)
    lines.push_back(order.sessions ? "at most " + std::to_string(*order.sessions) + " sessions" : "no bound");
  for (const DeviceId& device : order.devices) lines.push_back("device " + std::string(ToHex(device.view()).view()));
  if (order.ownership) lines.push_back(DescribeOwnership(*order.ownership));
  return lines;
}

Status AddSignatures(const Bytes& from, formats::SignedObject& object) {
  EK_TRY_ASSIGN(const formats::SignedObject own, formats::DecodeSignedObject(formats::typ::kOrder, from.view()));
  for (const formats::SignatureEntry& entry : own.signatures) {
    const auto is_same = [&](const formats::SignatureEntry& other) { return other.kid == entry.kid; };
    if (std::ranges::none_of(object.signatures, is_same)) EK_TRY(object.signatures.PushBack(entry));
  }
  return {};
}

// People who are still to be taken, where they add to a quorum that is not reached.
bool Adds(const release::OrderPeople& people, std::uint32_t taken, std::uint32_t more) {
  const std::uint32_t count = people.CountPeople(taken);
  return count < people.quorum() && people.CountPeople(taken | more) > count;
}

// The signatures of as few people as make every quorum: first of those who count in all of them.
Result<Bytes> Join(const PolicyFolder& folder, const Authority& authority, const std::vector<Giver>& givers) {
  formats::SignedObject object{.payload = folder.payload(), .signatures = {}};
  std::vector<std::uint32_t> taken(authority.quorums.size());
  for (const bool counts_everywhere : {true, false}) {
    for (const Giver& giver : givers) {
      const bool is_everywhere = std::ranges::find(giver.entries, 0U) == giver.entries.end();
      bool adds = false;
      for (std::size_t i = 0; i < taken.size(); ++i)
        adds = adds || Adds(authority.quorums[i], taken[i], giver.entries[i]);
      if (!adds || is_everywhere != counts_everywhere) continue;
      EK_TRY(AddSignatures(giver.object, object));
      for (std::size_t i = 0; i < taken.size(); ++i) taken[i] |= giver.entries[i];
    }
  }
  EK_TRY_ASSIGN(Bytes out,
                Bytes::Allocate(formats::MaxSignedObjectSize(object.payload.size(), object.signatures.size())));
  CborWriter writer(out.mutable_view());
  EK_TRY(formats::EncodeSignedObject(formats::typ::kOrder, object, writer));
  out.Truncate(writer.written().size());
  return out;
}

OrderTally TallyOf(const release::OrderPeople& people, std::uint32_t given) {
  OrderTally tally{.quorum = people.quorum(), .people = {}, .num_signed = people.CountPeople(given)};
  for (std::size_t i = 0; i < people.entries().size(); ++i) {
    const std::string name(people.entries()[i].name);
    const auto there = std::ranges::find(tally.people, name, &std::pair<std::string, bool>::first);
    const bool has_signed = (given >> i & 1U) != 0;
    if (there == tally.people.end()) {
      tally.people.emplace_back(name, has_signed);
    } else {
      there->second = there->second || has_signed;
    }
  }
  return tally;
}

bool MayGive(const Authority& authority, const formats::Holder& holder) {
  return std::ranges::any_of(authority.quorums, [&](const release::OrderPeople& people) {
    return std::ranges::any_of(people.entries(), [&](const formats::Holder& entry) { return IsOf(entry, holder); });
  });
}

Done CheckGiven(const Context& context, const Authority& authority, ByteView object, const std::string& place) {
  for (const std::string_view root : authority.roots)
    EK_TRY(At(place, release::VerifyOrder(context.provider, authority.policy.policy(), AsBytes(root), object)));
  return {};
}

}  // namespace

Done StartOrder(const Context& context, const std::string& folder, const formats::Order& order,
                const OrderTrust& trust) {
  EK_TRY(AuthorityOver(context, trust, order));
  std::array<std::uint8_t, formats::kMaxOrderSize> buffer;
  CborWriter writer(buffer);
  EK_TRY(At(folder, formats::EncodeOrder(order, writer)));
  return PolicyFolder::Create(folder, formats::typ::kOrder, writer.written());
}

Outcome<OrderReview> ReviewOrder(const Context& context, const std::string& path, const OrderTrust& trust) {
  EK_TRY_ASSIGN(const PolicyFolder folder, OpenOrder(context, path));
  EK_TRY_ASSIGN(const formats::Order order, At(path, formats::DecodeOrder(folder.payload())));
  EK_TRY_ASSIGN(const Authority authority, AuthorityOver(context, trust, order));
  EK_TRY_ASSIGN(const std::vector<Giver> givers, Gather(context, folder, authority, path));
  const std::vector<std::uint32_t> given = EntriesOf(authority, givers);
  OrderReview review{
      .lines = DescribeOrder(order), .digest = folder.digest(), .kind = formats::KindOf(order.action), .tallies = {}};
  for (std::size_t i = 0; i < given.size(); ++i) review.tallies.push_back(TallyOf(authority.quorums[i], given[i]));
  return review;
}

Done SignOrder(const Context& context, const std::string& path, const OrderTrust& trust, const Digest& digest,
               const ReleaseKeys& keys) {
  EK_TRY_ASSIGN(const PolicyFolder folder, OpenOrder(context, path));
  if (folder.digest() != digest)
    return Failure{ErrorCode::kWrongVersion, "not what was reviewed", path, "look at it again with 'order show'"};
  EK_TRY_ASSIGN(const formats::Order order, At(path, formats::DecodeOrder(folder.payload())));
  EK_TRY_ASSIGN(const Authority authority, AuthorityOver(context, trust, order));
  EK_TRY_ASSIGN(const VerifyingHolder own, ToVerifyingHolder(keys.holder));
  if (!MayGive(authority, own.view())) {
    return Failure{ErrorCode::kUntrusted, "these keys may not give this order", keys.holder.name,
                   "see who may with 'order show'"};
  }
  return folder.Sign(context, keys);
}

Outcome<Bytes> FinishOrder(const Context& context, const std::string& path, const OrderTrust& trust) {
  EK_TRY_ASSIGN(const PolicyFolder folder, OpenOrder(context, path));
  EK_TRY_ASSIGN(const formats::Order order, At(path, formats::DecodeOrder(folder.payload())));
  EK_TRY_ASSIGN(const Authority authority, AuthorityOver(context, trust, order));
  EK_TRY_ASSIGN(const std::vector<Giver> givers, Gather(context, folder, authority, path));
  const std::vector<std::uint32_t> given = EntriesOf(authority, givers);
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (authority.quorums[i].CountPeople(given[i]) < authority.quorums[i].quorum())
      return Failure{ErrorCode::kBadSignature, "too few people signed", path, "see who has with 'order show'"};
  }
  EK_TRY_ASSIGN(Bytes object, At(path, Join(folder, authority, givers)));
  EK_TRY(CheckGiven(context, authority, object.view(), path));
  return object;
}

Done VerifyGivenOrder(const Context& context, ByteView object, const OrderTrust& trust, const std::string& place) {
  EK_TRY_ASSIGN(const formats::SignedObject decoded,
                At(place, formats::DecodeSignedObject(formats::typ::kOrder, object)));
  EK_TRY_ASSIGN(const formats::Order order, At(place, formats::DecodeOrder(decoded.payload)));
  EK_TRY_ASSIGN(const Authority authority, AuthorityOver(context, trust, order));
  return CheckGiven(context, authority, object, place);
}

}  // namespace edgekeep::author
