// Whose this device is, and an order that frees it from one owner and from no other (spec/orders.md §2).
#include "owner_credential.h"

namespace edgekeep::keep {
namespace {

using MaybeOwner = std::optional<StoredOwner>;
using MaybeOwnership = std::optional<formats::Ownership>;

bool IsDamage(ErrorCode code) {
  using enum ErrorCode;
  return code == kDenied || code == kMalformed || code == kTooLarge || code == kUnsupported;
}

// A damaged record does not say its number. Each change is a state of its own, so what states have been counted up to
// is above every one that it can have had, whatever somebody set the clock to.
Result<std::uint64_t> NumberAfter(KeepState& state, const Result<MaybeOwner>& owner) {
  if (owner) return (*owner)->record.change ? (*owner)->record.change->number + 1 : 1;
  EK_TRY_ASSIGN(const std::uint64_t sequence, state.fresh.Sequence());
  return sequence + 1;
}

// Of a damaged record the state root says which one it has to be: no other one was ever damaged like this.
Result<MaybeOwnership> OwnershipIn(KeepState& state, const Result<MaybeOwner>& owner) {
  if (!owner && !IsDamage(owner.error().code())) return owner.error();
  if (!owner) {
    EK_TRY_ASSIGN(const std::optional<Digest> bound, state.fresh.BoundAs(kOwnerObject));
    return bound ? MaybeOwnership({.changes = {}, .of = *bound}) : MaybeOwnership();
  }
  if (!*owner || (*owner)->record.authority.empty()) return MaybeOwnership();
  const formats::OwnerRecord& record = (*owner)->record;
  EK_TRY_ASSIGN(const Digest authority, DigestOf(state, record.authority));
  return MaybeOwnership({.changes = record.change ? record.change->number : 0, .of = authority});
}

Status CheckIsOf(const formats::Ownership& named, const formats::Ownership& found) {
  if (named == found) return {};
  if (!named.changes && found.changes)
    return Error(ErrorCode::kWrongVersion, "order: for a damaged record, and this device's is none");
  if (named.changes && !found.changes)
    return Error(ErrorCode::kWrongVersion, "order: this device's record of its owner is damaged, which has to be said");
  return Error(ErrorCode::kWrongVersion, "order: from another ownership than this device's of now");
}

}  // namespace

Result<MaybeOwnership> OwnershipOf(KeepState& state) {
  return OwnershipIn(state, ReadOwner(state));
}

Status FreeFromOwner(KeepState& state, const formats::Ownership& from, const Digest& by) {
  const Result<MaybeOwner> owner = ReadOwner(state);
  if (owner && *owner && (*owner)->record.change && (*owner)->record.change->by == by) return {};
  EK_TRY_ASSIGN(const MaybeOwnership found, OwnershipIn(state, owner));
  if (!found) return Error(ErrorCode::kNotFound, "this device has no owner");
  EK_TRY(CheckIsOf(from, *found));
  EK_TRY_ASSIGN(const std::uint64_t number, NumberAfter(state, owner));
  EK_TRY(WriteOwner(state, {.authority = {},
                            .credential = {},
                            .request = {},
                            .change = {{.number = number, .by = by, .how = formats::OwnerChanged::kFreed}}}));
  state.world.journal.NoteEvent("freed from its owner by an order");
  return {};
}

}  // namespace edgekeep::keep
