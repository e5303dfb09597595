// kTransfer: the device changes hands, by the word of both (spec/transfer.md). One state of the state root says so: the
// former owner's credential, key and authority, and whatever ends with them, are gone together.
#include "edgekeep/formats/transfer.h"

#include <algorithm>
#include <optional>

#include "edgekeep/core/licence.h"
#include "handlers.h"
#include "owner_credential.h"
#include "records.h"

namespace edgekeep::keep {
namespace {

using formats::OwnerSignature;
using formats::Transfer;
using formats::TransferSide;
using Products = InlineVector<ProductName, ports::kMaxStoredProducts>;

static_assert(formats::kMaxEndedLicences == ports::kMaxStoredProducts);

Status CheckSigned(KeepState& state, TransferSide side, const std::optional<OwnerSignature>& signature,
                   ByteView authority, ByteView payload) {
  const bool gives = side == TransferSide::kGiver;
  if (!signature)
    return Error(ErrorCode::kBadSignature, gives ? "transfer: not signed by who gives the device away"
                                                 : "transfer: not countersigned by who takes the device");
  EK_TRY_ASSIGN(ports::OwnerCertificates* const certificates, CertificatesOf(state));
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  EK_TRY_ASSIGN(Bytes to_sign, Bytes::Allocate(formats::kMaxTransferToSign));
  CborWriter out(to_sign.mutable_view());
  EK_TRY(formats::EncodeTransferToSign(side, payload, out));
  return certificates->CheckStatement({.message = out.written(),
                                       .signature = signature->signature,
                                       .authority = authority,
                                       .certificates = signature->certificates.view(),
                                       .now = now});
}

// What is public about it, before anybody's signature is looked at.
Status CheckIsAboutThis(KeepState& state, const formats::OwnerRecord& owner, const Transfer& transfer) {
  EK_TRY_ASSIGN(const Digest authority, DigestOf(state, owner.authority));
  if (transfer.from != authority) return Error(ErrorCode::kUntrusted, "transfer: by somebody who is not the owner");
  const std::uint64_t changes = owner.change ? owner.change->number : 0;
  if (transfer.number <= changes) return Error(ErrorCode::kWrongVersion, "transfer: the device changed hands since");
  if (transfer.number - changes != 1)
    return Error(ErrorCode::kWrongVersion, "transfer: not the next change of this device's owner");
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  if (now < transfer.issued_at)
    return Error(ErrorCode::kNotYetValid, "transfer: issued later than it is by this device's time");
  if (now > transfer.not_after) return Error(ErrorCode::kExpired, "transfer: its time is over");
  EK_TRY_ASSIGN(ports::OwnerCertificates* const certificates, CertificatesOf(state));
  return certificates->CheckAuthorityAt(transfer.to, now);
}

// Whether what a product has may go to another owner: each licence that is stored is one that may, and the last one
// that was installed is among them. One that does not read may not.
bool MayGo(KeepState& state, const ProductName& product) {
  const auto bar = state.fresh.BarOf(product);
  if (!bar || !*bar) return false;
  bool has_last = false;
  for (std::uint8_t slot = 0; slot < 2; ++slot) {
    const Result<Bytes> licence = ReadLicence(state.world.store, product, slot);
    if (!licence && licence.error().code() == ErrorCode::kNotFound) continue;
    if (!licence) return false;
    const auto origin = core::OriginOf(*state.device, *state.trust, product, licence->view());
    if (!origin || !origin->transferable) return false;
    has_last = has_last || origin->id == (*bar)->licence;
  }
  return has_last;
}

Result<Products> LicencesToKeep(KeepState& state, const Transfer& transfer) {
  Products kept;
  if (transfer.licences == formats::LicencesHandedOver::kNone) return kept;
  EK_TRY_ASSIGN(const Products products, state.world.store.Products());
  for (const ProductName& product : products) {
    if (MayGo(state, product)) EK_TRY(kept.PushBack(product));
  }
  return kept;
}

bool HasALicence(KeepState& state, const ProductName& product) {
  return ReadLicence(state.world.store, product, 0) || ReadLicence(state.world.store, product, 1);
}

// Those of which there is a receipt to be had.
Result<Products> EndedLicences(KeepState& state) {
  Products ended;
  EK_TRY_ASSIGN(const Products products, state.world.store.Products());
  for (const ProductName& product : products) {
    EK_TRY_ASSIGN(const auto bar, state.fresh.BarOf(product));
    const bool is_over =
        bar && bar->returned_issued_at != UnixTime{} && bar->returned_issued_at >= bar->licence_issued_at;
    if (is_over && HasALicence(state, product)) EK_TRY(ended.PushBack(product));
  }
  return ended;
}

Result<Bytes> AnswerOf(KeepState& state, std::uint64_t number) {
  formats::TransferAnswer answer{.number = number, .ended = {}};
  EK_TRY_ASSIGN(answer.ended, EndedLicences(state));
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(formats::kMaxTransferAnswer));
  CborWriter out(bytes.mutable_view());
  EK_TRY(formats::EncodeTransferAnswer(answer, out));
  bytes.Truncate(out.written().size());
  return bytes;
}

Status ChangeHands(KeepState& state, const Transfer& transfer, const Digest& by) {
  EK_TRY_ASSIGN(const Products kept, LicencesToKeep(state, transfer));
  EK_TRY_ASSIGN(const Bytes owner, EncodeOwner({.authority = transfer.to,
                                                .credential = {},
                                                .request = {},
                                                .change = {{.number = transfer.number, .by = by}}}));
  const bool values_go = transfer.values == formats::ValuesHandedOver::kNone;
  EK_TRY(state.fresh.ReplaceAndEnd(kOwnerObject, owner.view(), {.licences_but = kept.view(), .values = values_go}));
  state.world.journal.NoteEvent("changed hands: another owner's authority counts");
  return {};
}

}  // namespace

Result<Bytes> TakeTransfer(KeepState& state, ByteView file) {
  // What is being installed ends first: its licence ends with the others, or stays as they do.
  EK_TRY_ASSIGN(const SlotTurn turn, SlotTurn::TakeForInstall(state));
  const std::lock_guard lock(state.mutex);
  EK_TRY(CertificatesOf(state));
  EK_TRY_ASSIGN(const formats::SignedTransfer both, formats::DecodeSignedTransfer(file));
  EK_TRY_ASSIGN(const Transfer transfer, formats::DecodeTransfer(both.payload));
  if (transfer.device != state.device->id()) return Error(ErrorCode::kWrongDevice, "transfer: of another device");
  EK_TRY_ASSIGN(const std::optional<StoredOwner> owner, ReadOwner(state));
  if (!owner || !OwnerIsSettled(owner->record))
    return Error(ErrorCode::kNotFound, "this device has no owner yet: name their authority");
  EK_TRY_ASSIGN(const Digest by, DigestOf(state, both.payload));
  const std::optional<formats::OwnerChange>& last = owner->record.change;
  // Whoever did not hear that it was done asks again.
  if (last && last->by == by) return AnswerOf(state, last->number);
  EK_TRY(CheckIsAboutThis(state, owner->record, transfer));
  EK_TRY(CheckSigned(state, TransferSide::kGiver, both.giver, owner->record.authority, both.payload));
  EK_TRY(CheckSigned(state, TransferSide::kTaker, both.taker, transfer.to, both.payload));
  EK_TRY(ChangeHands(state, transfer, by));
  return AnswerOf(state, transfer.number);
}

}  // namespace edgekeep::keep
