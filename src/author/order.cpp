#include "edgekeep/author/order.h"

#include <algorithm>

#include "edgekeep/author/holder_keys.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/release/order.h"
#include "metadata_json.h"
#include "policy_folder.h"

namespace edgekeep::author {
namespace {

// A policy, and who may give one order by it; the latter borrows from the former.
struct Authority {
  release::VerifiedTrustPolicy policy;
  release::OrderPeople people;
};

Outcome<release::VerifiedTrustPolicy> TrustedPolicy(const Context& context, const OrderTrust& trust) {
  const std::string& root = trust.policy_root.empty() ? trust.root : trust.policy_root;
  return At("trust policy", release::VerifyTakenPolicy(context.provider, trust.policy.view(), AsBytes(root)));
}

Outcome<Authority> AuthorityOver(const Context& context, const OrderTrust& trust, const formats::Order& order) {
  EK_TRY_ASSIGN(release::VerifiedTrustPolicy policy, TrustedPolicy(context, trust));
  if (order.authority != policy.policy().authority)
    return Failure{ErrorCode::kWrongProduct, "an order under another authority's policy", std::string(order.authority),
                   "name the trust policy of that publisher"};
  EK_TRY_ASSIGN(release::OrderPeople people,
                At("trust policy", release::OrderPeople::Read(context.provider, policy.policy(), AsBytes(trust.root),
                                                              formats::KindOf(order.action))));
  if (people.quorum() == 0)
    return Failure{ErrorCode::kForbidden, "nobody may give this order", formats::NameOf(order.action),
                   "have the root's holders sign a trust policy that says who may"};
  return Authority{std::move(policy), std::move(people)};
}

Outcome<PolicyFolder> OpenOrder(const Context& context, const std::string& path) {
  EK_TRY_ASSIGN(PolicyFolder folder, PolicyFolder::Open(context, path));
  if (folder.type() == formats::typ::kOrder) return folder;
  return Failure{ErrorCode::kUnsupported, "no order", path, "name a folder that 'order write' made"};
}

// Signatures of everybody who may give it and signed in every class; wrong files count for nobody.
struct Gathered {
  std::uint32_t complete = 0;             // entries of the people
  std::vector<std::vector<Bytes>> files;  // of each entry: an object with its signatures alone
};

Outcome<Gathered> Gather(const Context& context, const PolicyFolder& folder, const Authority& authority,
                         const std::string& place) {
  const auto entries = authority.people.entries();
  const auto classes = authority.policy.policy().required_classes.view();
  Gathered gathered;
  gathered.files.resize(entries.size());
  EK_TRY_ASSIGN(const std::vector<Bytes> files, folder.Signed());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (const Bytes& file : files) {
      const auto signers =
          sealing::FindSigners(context.provider, formats::typ::kOrder, file.view(), entries.subspan(i, 1), classes);
      if (!signers || signers->complete == 0 || !gathered.files[i].empty()) continue;
      EK_TRY_ASSIGN(Bytes own, At(place, sealing::WithSignaturesOf(context.provider, formats::typ::kOrder, file.view(),
                                                                   entries[i])));
      gathered.complete |= std::uint32_t{1} << i;
      gathered.files[i].push_back(std::move(own));
    }
  }
  return gathered;
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
  return lines;
}

bool IsOf(const formats::Holder& entry, const formats::Holder& holder) {
  return entry.name == holder.name && std::ranges::all_of(holder.keys, [&](const formats::PublicKey& key) {
           return std::ranges::any_of(entry.keys, [&](const auto& its) { return Equal(its.bytes, key.bytes); });
         });
}

// The signatures of the first people who are a quorum.
Result<Bytes> Join(const PolicyFolder& folder, const Authority& authority, const Gathered& gathered) {
  formats::SignedObject object{.payload = folder.payload(), .signatures = {}};
  std::uint32_t taken = 0;
  for (std::size_t i = 0; i < gathered.files.size(); ++i) {
    const std::uint32_t more = taken | std::uint32_t{1} << i;
    const bool adds = authority.people.CountPeople(more) > authority.people.CountPeople(taken);
    if (gathered.files[i].empty() || !adds || authority.people.CountPeople(taken) == authority.people.quorum())
      continue;
    EK_TRY_ASSIGN(const formats::SignedObject own,
                  formats::DecodeSignedObject(formats::typ::kOrder, gathered.files[i].front().view()));
    for (const formats::SignatureEntry& entry : own.signatures) EK_TRY(object.signatures.PushBack(entry));
    taken = more;
  }
  EK_TRY_ASSIGN(Bytes out,
                Bytes::Allocate(formats::MaxSignedObjectSize(object.payload.size(), object.signatures.size())));
  CborWriter writer(out.mutable_view());
  EK_TRY(formats::EncodeSignedObject(formats::typ::kOrder, object, writer));
  out.Truncate(writer.written().size());
  return out;
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
  EK_TRY_ASSIGN(const Gathered gathered, Gather(context, folder, authority, path));
  OrderReview review{.lines = DescribeOrder(order),
                     .digest = folder.digest(),
                     .kind = formats::KindOf(order.action),
                     .quorum = authority.people.quorum(),
                     .people = {},
                     .num_signed = authority.people.CountPeople(gathered.complete)};
  const auto entries = authority.people.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string name(entries[i].name);
    const auto there = std::ranges::find(review.people, name, &std::pair<std::string, bool>::first);
    const bool has_signed = (gathered.complete >> i & 1U) != 0;
    if (there == review.people.end()) {
      review.people.emplace_back(name, has_signed);
    } else {
      there->second = there->second || has_signed;
    }
  }
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
  const formats::Holder holder = own.view();
  if (std::ranges::none_of(authority.people.entries(), [&](const auto& entry) { return IsOf(entry, holder); })) {
    return Failure{ErrorCode::kUntrusted, "these keys may not give this order", keys.holder.name,
                   "see who may with 'order show'"};
  }
  return folder.Sign(context, keys);
}

Outcome<Bytes> FinishOrder(const Context& context, const std::string& path, const OrderTrust& trust) {
  EK_TRY_ASSIGN(const PolicyFolder folder, OpenOrder(context, path));
  EK_TRY_ASSIGN(const formats::Order order, At(path, formats::DecodeOrder(folder.payload())));
  EK_TRY_ASSIGN(const Authority authority, AuthorityOver(context, trust, order));
  EK_TRY_ASSIGN(const Gathered gathered, Gather(context, folder, authority, path));
  if (authority.people.CountPeople(gathered.complete) < authority.people.quorum())
    return Failure{ErrorCode::kBadSignature, "too few people signed", path, "see who has with 'order show'"};
  EK_TRY_ASSIGN(Bytes object, At(path, Join(folder, authority, gathered)));
  EK_TRY(
      At(path, release::VerifyOrder(context.provider, authority.policy.policy(), AsBytes(trust.root), object.view())));
  return object;
}

}  // namespace edgekeep::author
