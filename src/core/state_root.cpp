#include "edgekeep/core/state_root.h"

#include <algorithm>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/labels.h"

namespace edgekeep::core {
namespace {

auto PlaceOf(auto& leaves, const Digest& name) {
  return std::ranges::lower_bound(leaves, name, {}, &StateLeaf::name);
}

std::size_t BodySize(const StateRoot& state) {
  const std::size_t fixed = 8 + 4 + state.leaves.size() * (2 * Digest::kSize) + 4 + state.bars.size() * kStateBarSize +
                            4 + state.applications.size() * kStateApplicationSize + 1 + 1 + 4;
  if (!state.pending) return fixed;
  const PendingObject& pending = *state.pending;
  return fixed + (pending.product ? pending.product->view().size() : 0) + pending.name.view().size() +
         pending.bytes.size();
}

Status WriteText(Writer& out, std::string_view text) {
  EK_TRY(out.WriteU8(static_cast<std::uint8_t>(text.size())));
  return out.WriteBytes(AsBytes(text));
}

Result<std::string_view> ReadText(Reader& in) {
  EK_TRY_ASSIGN(const std::uint8_t size, in.ReadU8());
  EK_TRY_ASSIGN(const ByteView text, in.ReadBytes(size));
  return AsText(text);
}

Status WritePending(Writer& out, const std::optional<PendingObject>& pending) {
  EK_TRY(WriteText(out, pending && pending->product ? pending->product->view() : std::string_view()));
  EK_TRY(WriteText(out, pending ? pending->name.view() : std::string_view()));
  const ByteView bytes = pending ? pending->bytes.view() : ByteView();
  EK_TRY(out.WriteU32BigEndian(static_cast<std::uint32_t>(bytes.size())));
  return out.WriteBytes(bytes);
}

Status ReadLeaves(Reader& in, StateRoot& state) {
  EK_TRY_ASSIGN(const std::uint32_t count, in.ReadU32BigEndian());
  for (std::uint32_t i = 0; i < count; ++i) {
    StateLeaf leaf;
    EK_TRY_ASSIGN(const ByteView name, in.ReadBytes(Digest::kSize));
    EK_TRY_ASSIGN(leaf.name, Digest::From(name));
    EK_TRY_ASSIGN(const ByteView bytes, in.ReadBytes(Digest::kSize));
    EK_TRY_ASSIGN(leaf.bytes, Digest::From(bytes));
    if (i > 0 && !(state.leaves[i - 1].name < leaf.name)) return Error(ErrorCode::kMalformed, "state: order");
    EK_TRY(state.leaves.PushBack(leaf));
  }
  return {};
}

Status ReadBars(Reader& in, StateRoot& state) {
  EK_TRY_ASSIGN(const std::uint32_t count, in.ReadU32BigEndian());
  for (std::uint32_t i = 0; i < count; ++i) {
    ProductBar bar;
    EK_TRY_ASSIGN(const ByteView product, in.ReadBytes(Digest::kSize));
    EK_TRY_ASSIGN(bar.product, Digest::From(product));
    EK_TRY_ASSIGN(bar.licence_issued_at.value, in.ReadU64BigEndian());
    EK_TRY_ASSIGN(const ByteView licence, in.ReadBytes(formats::LicenceId::kSize));
    EK_TRY_ASSIGN(bar.licence, formats::LicenceId::From(licence));
    EK_TRY_ASSIGN(bar.version.value, in.ReadU64BigEndian());
    EK_TRY_ASSIGN(bar.security_epoch, in.ReadU64BigEndian());
    EK_TRY_ASSIGN(const ByteView returned, in.ReadBytes(formats::LicenceId::kSize));
    EK_TRY_ASSIGN(bar.returned, formats::LicenceId::From(returned));
    EK_TRY_ASSIGN(bar.returned_issued_at.value, in.ReadU64BigEndian());
    if (i > 0 && !(state.bars[i - 1].product < bar.product)) return Error(ErrorCode::kMalformed, "state: order");
    EK_TRY(state.bars.PushBack(bar));
  }
  return {};
}

Status WriteBars(Writer& out, const StateRoot& state) {
  EK_TRY(out.WriteU32BigEndian(static_cast<std::uint32_t>(state.bars.size())));
  for (const ProductBar& bar : state.bars) {
    EK_TRY(out.WriteBytes(bar.product.view()));
    EK_TRY(out.WriteU64BigEndian(bar.licence_issued_at.value));
    EK_TRY(out.WriteBytes(bar.licence.view()));
    EK_TRY(out.WriteU64BigEndian(bar.version.value));
    EK_TRY(out.WriteU64BigEndian(bar.security_epoch));
    EK_TRY(out.WriteBytes(bar.returned.view()));
    EK_TRY(out.WriteU64BigEndian(bar.returned_issued_at.value));
  }
  return {};
}

Status ReadApplications(Reader& in, StateRoot& state) {
  EK_TRY_ASSIGN(const std::uint32_t count, in.ReadU32BigEndian());
  for (std::uint32_t i = 0; i < count; ++i) {
    StateApplication application;
    EK_TRY_ASSIGN(application.user, in.ReadU32BigEndian());
    EK_TRY_ASSIGN(application.debt_seconds, in.ReadU32BigEndian());
    EK_TRY_ASSIGN(application.at.value, in.ReadU64BigEndian());
    EK_TRY(state.applications.PushBack(application));
  }
  return {};
}

Status WriteApplications(Writer& out, const StateRoot& state) {
  EK_TRY(out.WriteU32BigEndian(static_cast<std::uint32_t>(state.applications.size())));
  for (const StateApplication& application : state.applications) {
    EK_TRY(out.WriteU32BigEndian(application.user));
    EK_TRY(out.WriteU32BigEndian(application.debt_seconds));
    EK_TRY(out.WriteU64BigEndian(application.at.value));
  }
  return {};
}

// False where nothing changes.
bool TakeLater(formats::LicenceId& id, UnixTime& issued_at, const formats::LicenceId& other, UnixTime other_issued_at) {
  const bool takes =
      issued_at < other_issued_at || (issued_at == other_issued_at && id != other && other_issued_at != UnixTime{});
  if (!takes) return false;
  id = other;
  issued_at = other_issued_at;
  return true;
}

Status ReadPending(Reader& in, StateRoot& state) {
  EK_TRY_ASSIGN(const std::string_view product, ReadText(in));
  EK_TRY_ASSIGN(const std::string_view name, ReadText(in));
  EK_TRY_ASSIGN(const std::uint32_t size, in.ReadU32BigEndian());
  EK_TRY_ASSIGN(const ByteView bytes, in.ReadBytes(size));
  EK_TRY(in.ExpectEnd());
  if (name.empty()) {
    return product.empty() && size == 0 ? Status() : Status(Error(ErrorCode::kMalformed, "state: pending object"));
  }
  PendingObject pending;
  if (!product.empty()) {
    EK_TRY_ASSIGN(const ProductName parsed, ProductName::Parse(product));
    pending.product = parsed;
  }
  EK_TRY_ASSIGN(pending.name, InlineString<160>::From(name));
  EK_TRY_ASSIGN(pending.bytes, Bytes::Copy(bytes));
  state.pending = std::move(pending);
  return {};
}

}  // namespace

const StateLeaf* StateRoot::Find(const Digest& name) const {
  const auto place = PlaceOf(leaves, name);
  return place != leaves.end() && place->name == name ? place : nullptr;
}

Status StateRoot::Put(const StateLeaf& leaf) {
  const auto place = PlaceOf(leaves, leaf.name);
  if (place != leaves.end() && place->name == leaf.name) {
    place->bytes = leaf.bytes;
    return {};
  }
  const auto index = place - leaves.begin();
  EK_TRY(leaves.PushBack(leaf));
  std::rotate(leaves.begin() + index, leaves.end() - 1, leaves.end());
  return {};
}

void StateRoot::Remove(const Digest& name) {
  const auto place = PlaceOf(leaves, name);
  if (place == leaves.end() || place->name != name) return;
  std::rotate(place, place + 1, leaves.end());
  leaves.PopBack();
}

const ProductBar* StateRoot::FindBar(const Digest& product) const {
  const auto place = std::ranges::lower_bound(bars, product, {}, &ProductBar::product);
  return place != bars.end() && place->product == product ? place : nullptr;
}

Result<bool> StateRoot::Raise(const ProductBar& bar) {
  const auto place = std::ranges::lower_bound(bars, bar.product, {}, &ProductBar::product);
  if (place == bars.end() || place->product != bar.product) {
    const auto index = place - bars.begin();
    EK_TRY(bars.PushBack(bar));
    std::rotate(bars.begin() + index, bars.end() - 1, bars.end());
    return true;
  }
  const bool returns = TakeLater(place->returned, place->returned_issued_at, bar.returned, bar.returned_issued_at);
  const bool licenses = TakeLater(place->licence, place->licence_issued_at, bar.licence, bar.licence_issued_at);
  const bool raises = returns || licenses || place->version < bar.version || place->security_epoch < bar.security_epoch;
  place->version = std::max(place->version, bar.version);
  place->security_epoch = std::max(place->security_epoch, bar.security_epoch);
  return raises;
}

void StateRoot::EndLicencesBut(std::span<const Digest> kept) {
  for (ProductBar& bar : bars) {
    if (std::ranges::find(kept, bar.product) != kept.end()) continue;
    TakeLater(bar.returned, bar.returned_issued_at, bar.licence, bar.licence_issued_at);
  }
}

Result<Digest> StateNameOf(const crypto::Provider& provider, const ProductName* product, std::string_view name) {
  const std::string_view owner = product != nullptr ? product->view() : std::string_view();
  return crypto::Sha256(provider, {AsBytes(owner), AsBytes(":"), AsBytes(name)});
}

Result<Bytes> ProtectState(const Vault& vault, const StateRoot& state) {
  EK_TRY_ASSIGN(Bytes body, Bytes::Allocate(BodySize(state)));
  Writer out(body.mutable_view());
  EK_TRY(out.WriteU64BigEndian(state.sequence));
  EK_TRY(out.WriteU32BigEndian(static_cast<std::uint32_t>(state.leaves.size())));
  for (const StateLeaf& leaf : state.leaves) {
    EK_TRY(out.WriteBytes(leaf.name.view()));
    EK_TRY(out.WriteBytes(leaf.bytes.view()));
  }
  EK_TRY(WriteBars(out, state));
  EK_TRY(WriteApplications(out, state));
  EK_TRY(WritePending(out, state.pending));
  return vault.Protect(formats::label::kStoredState, body.view());
}

Status CheckState(const Vault& vault, ByteView stored, StateRoot& state) {
  EK_TRY_ASSIGN(const ByteView body, vault.CheckProtected(formats::label::kStoredState, stored));
  Reader in(body);
  EK_TRY_ASSIGN(state.sequence, in.ReadU64BigEndian());
  EK_TRY(ReadLeaves(in, state));
  EK_TRY(ReadBars(in, state));
  EK_TRY(ReadApplications(in, state));
  return ReadPending(in, state);
}

}  // namespace edgekeep::core
