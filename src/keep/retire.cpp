#include "retire.h"

#include <algorithm>

#include "edgekeep/formats/retirement.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/release/order.h"
#include "handlers.h"

namespace edgekeep::keep {
namespace {

constexpr std::string_view kBegun = "retirement";
constexpr std::string_view kCertificate = "certificate";

void EndCells(KeepState& state) {
  for (std::size_t place = 0; place < ServingCells::kMost; ++place) {
    const std::optional<CellVisit> visit = state.cells.Visit(place);
    if (visit) visit->cell().cell->Kill();
  }
}

// Damage to what the evidence is about holds up no retirement.
Bytes EvidenceFor(KeepState& state, ByteView order) {
  const auto object = formats::DecodeSignedObject(formats::typ::kOrder, order);
  if (!object) return {};
  const auto nonce = release::OrderNonce(state.world.provider, object->payload);
  if (!nonce) return {};
  Result<Bytes> evidence = MakeEvidence(state, *nonce);
  if (!evidence) state.world.journal.NoteRefusal("evidence of the retirement", evidence.error());
  const bool fits = evidence && evidence->size() <= formats::kMaxRetirementEvidence;
  return fits ? *std::move(evidence) : Bytes();
}

Result<Bytes> Certify(KeepState& state, ByteView order) {
  const Bytes evidence = EvidenceFor(state, order);
  const UnixTime now = [&] {
    const std::lock_guard lock(state.mutex);
    return state.clock.Now().value_or(state.clock.floor());
  }();
  return core::SignRetirement(state.world.provider, state.world.anchor,
                              {.order = order, .identity = {}, .retired_at = now, .evidence = evidence.view()});
}

}  // namespace

Status BeginRetirement(KeepState& state, ByteView order) {
  // Whatever a failure leaves: nothing else is done from here on.
  state.retiring = true;
  const Status begun = state.world.store.Replace(kBegun, order);
  if (!begun) return begun;
  state.world.journal.NoteEvent("retirement begun");
  return {};
}

Result<std::optional<Bytes>> BegunRetirement(KeepState& state) {
  const Result<bool> is_bound = state.fresh.Binds(kBegun);
  // Another device's store, or an older one, says nothing; it is denied anyway.
  if (!is_bound && is_bound.error().code() == ErrorCode::kDenied) return std::optional<Bytes>();
  EK_TRY(is_bound);
  if (!*is_bound) return std::optional<Bytes>();
  Result<Bytes> order = state.world.store.Read(kBegun, formats::kMaxSignedOrder);
  if (order) return std::optional(*std::move(order));
  state.world.journal.NoteRefusal("read the order to retire", order.error());
  return std::optional(Bytes());
}

Result<Bytes> FinishRetirement(KeepState& state, ByteView order) {
  EndCells(state);
  Bytes certificate;
  Status stored = Error(ErrorCode::kNotFound, "certificate");
  if (!order.empty()) {
    EK_TRY_ASSIGN(certificate, Certify(state, order));
    stored = state.disk.Replace(kCertificate, certificate.view());
  }
  EK_TRY(state.world.anchor.Retire());
  EK_TRY(state.disk.EraseAll(kCertificate));
  // A full disk has room now.
  if (!stored && !certificate.empty()) EK_TRY(state.disk.Replace(kCertificate, certificate.view()));
  state.world.journal.NoteEvent("retired");
  return certificate;
}

Bytes TidyRetired(const World& world) {
  const Status erased = world.store.EraseAll(kCertificate);
  if (!erased) world.journal.NoteRefusal("erase a retired device", erased.error());
  Result<Bytes> certificate = world.store.Read(kCertificate, formats::kMaxSignedRetirement);
  return certificate ? *std::move(certificate) : Bytes();
}

Result<Bytes> AnswerRetired(ByteView certificate, ByteView order) {
  const auto object = formats::DecodeSignedObject(formats::typ::kRetirement, certificate);
  if (object) {
    const auto content = formats::DecodeRetirementCertificate(object->payload);
    if (content && Equal(content->order, order)) return Bytes::Copy(certificate);
  }
  return Error(ErrorCode::kForbidden, "this device was retired, for good");
}

}  // namespace edgekeep::keep
