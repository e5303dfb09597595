#include "edgekeep/factory/tickets.h"

#include "edgekeep/base/check.h"
#include "edgekeep/release/log/merkle.h"

namespace edgekeep::factory {

Result<TicketTree> TicketTree::Make(const crypto::Provider& provider, std::vector<Digest> leaves) {
  if (leaves.empty() || leaves.size() > formats::kMaxOrderUnits) return Error(ErrorCode::kBadArgument, "tickets");
  TicketTree tree;
  tree.levels_.push_back(std::move(leaves));
  while (tree.levels_.back().size() > 1) {
    const std::vector<Digest>& below = tree.levels_.back();
    std::vector<Digest> level;
    for (std::size_t i = 0; i + 1 < below.size(); i += 2) {
      EK_TRY_ASSIGN(const Digest node, release::log::NodeHash(provider, below[i], below[i + 1]));
      level.push_back(node);
    }
    if (below.size() % 2 == 1) level.push_back(below.back());
    tree.levels_.push_back(std::move(level));
  }
  return tree;
}

formats::TicketPath TicketTree::PathOf(std::uint32_t number) const {
  EK_CHECK(number < leaves().size());
  formats::TicketPath path;
  std::size_t at = number;
  for (const std::vector<Digest>& level : levels_) {
    const std::size_t neighbour = at ^ 1;
    if (neighbour < level.size()) EK_CHECK(path.PushBack(level[neighbour]));
    at /= 2;
  }
  return path;
}

Result<Digest> TicketLeaf(const crypto::Provider& provider, const formats::OrderId& order, std::uint32_t number,
                          const formats::TicketSecret& secret) {
  std::array<std::uint8_t, formats::kMaxTicketLeafSize> leaf;
  CborWriter out(leaf);
  EK_TRY(formats::EncodeTicketLeaf(order, number, secret, out));
  return release::log::LeafHash(provider, out.written());
}

Result<Tickets> Tickets::Open(const crypto::Provider& provider, const VerifiedOrder& order, const SecretBytes& bytes) {
  EK_TRY_ASSIGN(const formats::TicketBook book, formats::DecodeTicketBook(bytes.Reveal()));
  if (book.order != order.id()) return Error(ErrorCode::kWrongProduct, "tickets of another order");
  std::vector<Digest> leaves;
  for (ByteView rest = book.leaves; !rest.empty(); rest = rest.subspan(Digest::kSize)) {
    EK_TRY_ASSIGN(const Digest leaf, Digest::From(rest.first(Digest::kSize)));
    leaves.push_back(leaf);
  }
  if (leaves.size() != order.units()) return Error(ErrorCode::kMalformed, "tickets: not as many as units");
  EK_TRY_ASSIGN(TicketTree tree, TicketTree::Make(provider, std::move(leaves)));
  Tickets tickets(std::move(tree));
  if (tickets.tree_.root() != order.order_.tickets) return Error(ErrorCode::kMalformed, "tickets: not the order's");
  tickets.first_ = book.first;
  for (ByteView rest = book.secrets; !rest.empty(); rest = rest.subspan(formats::kTicketSecretSize)) {
    EK_TRY_ASSIGN(const auto secret, formats::TicketSecret::From(rest.first(formats::kTicketSecretSize)));
    const std::uint32_t number = book.first + tickets.count();
    EK_TRY_ASSIGN(const Digest leaf, TicketLeaf(provider, order.id(), number, secret));
    if (leaf != tickets.tree_.leaves()[number]) return Error(ErrorCode::kMalformed, "tickets: a secret is not its own");
    tickets.secrets_.push_back(secret);
  }
  return tickets;
}

formats::Ticket Tickets::Take(std::uint32_t number) const {
  EK_CHECK(number >= first_ && number - first_ < count());
  return {.number = number, .secret = secrets_[number - first_], .path = tree_.PathOf(number)};
}

}  // namespace edgekeep::factory
