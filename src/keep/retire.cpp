#include "retire.h"

#include <algorithm>
#include <array>

#include "edgekeep/formats/retirement.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/release/order.h"
#include "edgekeep/release/retirement.h"
#include "handlers.h"

namespace edgekeep::keep {
namespace {

constexpr std::string_view kBegun = "retirement";
// What the certificate will say. Nobody has signed it, and nothing is bound to it.
constexpr std::string_view kUncertified = "uncertified";
constexpr std::string_view kCertificate = "certificate";

void EndCells(KeepState& state) {
  for (std::size_t place = 0; place < ServingCells::kMost; ++place) {
    const std::optional<CellVisit> visit = state.cells.Visit(place);
    if (visit) visit->cell().cell->Kill();
  }
}

// Damage to what the evidence is about holds up no retirement.
Bytes EvidenceOf(KeepState& state, ByteView order) {
  const auto object = formats::DecodeSignedObject(formats::typ::kOrder, order);
  if (!object) return {};
  const auto nonce = release::OrderNonce(state.world.provider, object->payload);
  if (!nonce) return {};
  Result<Bytes> evidence = MakeEvidence(state, *nonce, Asker::kRetirement);
  if (!evidence) state.world.journal.NoteRefusal("evidence of the retirement", evidence.error());
  const bool fits = evidence && evidence->size() <= formats::kMaxRetirementEvidence;
  return fits ? *std::move(evidence) : Bytes();
}

// While the anchor still signs evidence.
Result<Bytes> Write(KeepState& state, ByteView order) {
  const Bytes evidence = EvidenceOf(state, order);
  const UnixTime now = [&] {
    const std::lock_guard lock(state.mutex);
    return state.clock.Now().value_or(state.clock.floor());
  }();
  return core::WriteRetirement(state.world.anchor,
                               {.order = order, .identity = {}, .retired_at = now, .evidence = evidence.view()});
}

Result<Bytes> StoredCertificate(const World& world) {
  EK_TRY_ASSIGN(Bytes certificate, world.store.Read(kCertificate, formats::kMaxSignedRetirement));
  EK_TRY(release::VerifyRetirement(world.provider, certificate.view()));
  return certificate;
}

Result<Bytes> Sign(const World& world, ByteView written) {
  if (!written.empty()) return core::SignRetirement(world.provider, world.anchor, written);
  EK_TRY_ASSIGN(const Bytes stored, world.store.Read(kUncertified, formats::kMaxRetirementSize));
  return core::SignRetirement(world.provider, world.anchor, stored.view());
}

bool MayPass(const Error& error) {
  using enum ErrorCode;
  constexpr std::array kThese = {kIo, kBusy, kTimedOut, kNoMemory, kPeerGone, kNoSpace, kReadOnly};
  return std::ranges::find(kThese, error.code()) != kThese.end();
}

// What is there of a retired device: a certificate, which is one whatever became of the rest.
struct Remains {
  Result<Bytes> certificate;
  Status erased;  // all else, and the certificate stored
};

// Of an anchor that has forgotten: there is no certificate before. What it is made of goes when it is stored, or when
// it can never be.
Remains CertifyAndErase(const World& world, ByteView written) {
  Result<Bytes> certificate = StoredCertificate(world);
  bool stored = certificate.has_value();
  if (!stored) certificate = Sign(world, written);
  if (certificate && !stored) stored = world.store.Replace(kCertificate, certificate->view()).has_value();
  const bool may_come = certificate ? !stored : MayPass(certificate.error());
  Status erased = world.store.EraseAll(may_come ? kUncertified : kCertificate);
  if (certificate && !stored) {
    // A full disk has room now.
    const Status replaced = world.store.Replace(kCertificate, certificate->view());
    erased = replaced ? world.store.EraseAll(kCertificate) : replaced;
  }
  return {std::move(certificate), std::move(erased)};
}

}  // namespace

Status EndCellsIfRetiring(KeepState& state) {
  const Status checked = state.CheckNotRetiring();
  if (!checked) EndCells(state);
  return checked;
}

Status BeginRetirement(KeepState& state, ByteView order) {
  state.retiring = true;
  Status begun = state.world.store.Replace(kBegun, order);
  if (!begun) {
    // Whether it counts all the same, only the state root says.
    const auto bound = state.fresh.BoundAs(kBegun);
    if (!bound) state.world.journal.NoteEvent("a retirement may have begun: nothing else is done until a start");
    state.retiring = !bound || bound->has_value();
    if (!bound || !*bound) return begun;
  }
  state.world.journal.NoteEvent("retirement begun");
  return {};
}

Result<std::optional<Bytes>> BegunRetirement(KeepState& state) {
  const auto bound = state.fresh.BoundAs(kBegun);
  // Another device's store, or an older one, says nothing; it is denied anyway.
  if (!bound && bound.error().code() == ErrorCode::kDenied) return std::optional<Bytes>();
  EK_TRY(bound);
  if (!*bound) return std::optional<Bytes>();
  Result<Bytes> order = state.world.store.Read(kBegun, formats::kMaxSignedOrder);
  if (order) return std::optional(*std::move(order));
  const ErrorCode code = order.error().code();
  if (code != ErrorCode::kDenied && code != ErrorCode::kNotFound && code != ErrorCode::kTooLarge) return order.error();
  state.world.journal.NoteRefusal("read the order to retire", order.error());
  return std::optional(Bytes());
}

Result<Bytes> FinishRetirement(KeepState& state, ByteView order) {
  EndCells(state);
  const World bare{state.world, state.disk};
  Bytes written;
  if (!order.empty()) {
    EK_TRY_ASSIGN(written, Write(state, order));
    // A full disk holds up nothing: only a cut from here on costs the certificate then.
    static_cast<void>(bare.store.Replace(kUncertified, written.view()).has_value());
  }
  EK_TRY(state.world.anchor.Retire());
  state.world.journal.NoteEvent("retired");
  if (written.empty()) {
    EK_TRY(bare.store.EraseAll({}));
    return Bytes();
  }
  Remains remains = CertifyAndErase(bare, written.view());
  EK_TRY(remains.erased);
  return std::move(remains.certificate);
}

// What cannot be removed keeps nobody from the certificate.
Bytes TidyRetired(const World& world) {
  Remains remains = CertifyAndErase(world, {});
  if (!remains.erased) world.journal.NoteRefusal("erase a retired device", remains.erased.error());
  if (remains.certificate) return *std::move(remains.certificate);
  world.journal.NoteRefusal("certify a retired device", remains.certificate.error());
  return {};
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
