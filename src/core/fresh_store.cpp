#include "edgekeep/core/fresh_store.h"

#include <algorithm>
#include <array>
#include <new>

#include "edgekeep/crypto/digest.h"

namespace edgekeep::core {
namespace {

constexpr std::array<std::string_view, 2> kCopies = {"state.0", "state.1"};
// Raised by the hour: silicon would wear out over it, and it only bounds what the clock shows.
constexpr std::string_view kUnbound = "time";

Result<std::unique_ptr<StateRoot>> NewState() {
  std::unique_ptr<StateRoot> state(new (std::nothrow) StateRoot);
  if (!state) return Error(ErrorCode::kNoMemory, "state");
  return state;
}

// The anchor says that something is not there where the store would say it of an object.
Error OfCounter(const Error& error) {
  const bool misleads = error.code() == ErrorCode::kNotFound || error.code() == ErrorCode::kDenied;
  return misleads ? Error(ErrorCode::kIo, "the anchor's counter") : error;
}

bool IsOf(const PendingObject& object, const ProductName* product, std::string_view name) {
  if (object.name.view() != name || object.product.has_value() != (product != nullptr)) return false;
  return product == nullptr || *object.product == *product;
}

}  // namespace

// Null where there is a damaged copy, or another device's. Fails with kNotFound where there is none, and where the disk
// does not say.
Result<std::unique_ptr<StateRoot>> FreshStore::ReadCopy(std::string_view name) const {
  const Result<Bytes> stored = inner_->Read(name, kMaxStoredStateSize);
  if (!stored && stored.error().code() == ErrorCode::kTooLarge) return std::unique_ptr<StateRoot>();
  if (!stored) return stored.error();
  EK_TRY_ASSIGN(std::unique_ptr<StateRoot> state, NewState());
  const Status checked = CheckState(*vault_, stored->view(), *state);
  if (checked) return state;
  if (checked.error().code() == ErrorCode::kNoMemory) return checked.error();
  return std::unique_ptr<StateRoot>();
}

Status FreshStore::RaiseCounterTo(const StateRoot& state) {
  const Result<std::uint64_t> raised = counter_->Increment();
  if (!raised) return OfCounter(raised.error());
  return *raised == state.sequence ? Status() : Status(Error(ErrorCode::kInternal, "the anchor's counter jumped"));
}

// The state that the counter's value names, or the one that was to be next when it was cut: that is made to count.
Result<std::unique_ptr<StateRoot>> FreshStore::NewestState() {
  const Result<std::uint64_t> counter = counter_->Read();
  if (!counter) return OfCounter(counter.error());
  std::array<std::unique_ptr<StateRoot>, kCopies.size()> copies;
  bool any = false;
  Status unread;
  for (std::size_t i = 0; i < kCopies.size(); ++i) {
    Result<std::unique_ptr<StateRoot>> copy = ReadCopy(kCopies[i]);
    if (copy) {
      any = true;
      copies[i] = *std::move(copy);
    } else if (copy.error().code() != ErrorCode::kNotFound) {
      unread = copy.error();
    }
  }
  for (std::size_t i = 0; i < kCopies.size(); ++i) {
    if (!copies[i] || copies[i]->sequence != *counter + 1) continue;
    // After a failure the disk may show what a cut would take: what counts has to be durable first.
    if (loaded_before_) {
      EK_TRY_ASSIGN(const Bytes same, ProtectState(*vault_, *copies[i]));
      EK_TRY(inner_->Replace(kCopies[i], same.view()));
    }
    EK_TRY(RaiseCounterTo(*copies[i]));
    is_current_[i] = true;
    return std::move(copies[i]);
  }
  std::unique_ptr<StateRoot> current;
  for (std::size_t i = kCopies.size(); i-- > 0;) {
    if (!copies[i] || copies[i]->sequence != *counter) continue;
    is_current_[i] = true;
    current = std::move(copies[i]);  // the first copy's at last: it may have a pending object
  }
  if (current) return current;
  if (!unread) return unread.error();
  if (any) return Error(ErrorCode::kDenied, "state: not the one that the anchor's counter names");
  EK_TRY_ASSIGN(std::unique_ptr<StateRoot> none, NewState());
  none->sequence = *counter;
  is_current_ = {true, true};  // nothing is bound yet, and an empty disk stays empty
  return none;
}

Status FreshStore::Load() {
  state_.reset();
  settled_ = false;
  is_current_ = {};
  EK_TRY_ASSIGN(state_, NewestState());
  // Where the disk takes nothing now, what is pending is read from the state itself.
  static_cast<void>(FinishPending().has_value());
  loaded_before_ = true;
  Mirror();
  EmptyDeletedValues();
  return {};
}

Result<std::unique_ptr<StateRoot>> FreshStore::Successor() const {
  EK_TRY_ASSIGN(std::unique_ptr<StateRoot> next, NewState());
  next->sequence = state_->sequence + 1;
  next->leaves = state_->leaves;
  next->bars = state_->bars;
  next->applications = state_->applications;
  return next;
}

// The counter rises when `next` is durable, and with it `next` counts. What a failure or a cut leaves is for Load.
Status FreshStore::Commit(std::unique_ptr<StateRoot> next) {
  settled_ = false;
  EK_TRY_ASSIGN(const Bytes stored, ProtectState(*vault_, *next));
  state_.reset();  // not loaded, should this fail
  EK_TRY(inner_->Replace(kCopies[0], stored.view()));
  EK_TRY(RaiseCounterTo(*next));
  is_current_ = {true, false};
  state_ = std::move(next);
  settled_ = true;
  return {};
}

// A state that was to be next when it was cut may lie somewhere, and would count as soon as the counter had risen to
// it. One that changes nothing takes that number first.
Status FreshStore::Settle() {
  if (settled_) return {};
  EK_TRY_ASSIGN(std::unique_ptr<StateRoot> same, Successor());
  return Commit(std::move(same));
}

Status FreshStore::WriteInner(const PendingObject& object) {
  if (!object.product) return inner_->Replace(object.name.view(), object.bytes.view());
  return inner_->ReplaceOf(*object.product, object.name.view(), object.bytes.view());
}

Status FreshStore::FinishPending() {
  if (!state_->pending) return {};
  const PendingObject& object = *state_->pending;
  const Place place{object.product ? &*object.product : nullptr, object.name.view()};
  // At a start alone what the disk shows is durable.
  const bool is_there = !loaded_before_ && [&] {
    const Result<Bytes> there = ReadInner(place, object.bytes.size());
    return there && Equal(there->view(), object.bytes.view());
  }();
  if (!is_there) EK_TRY(WriteInner(object));
  state_->pending.reset();
  return {};
}

// One copy alone would end the device with the first damaged sector. Best effort: the next change tries again.
void FreshStore::Mirror() {
  if (state_->pending) return;
  for (std::size_t i = 0; i < kCopies.size(); ++i) {
    if (is_current_[i]) continue;
    const Result<Bytes> stored = ProtectState(*vault_, *state_);
    is_current_[i] = stored && inner_->Replace(kCopies[i], stored->view());
  }
}

Result<std::optional<Digest>> FreshStore::BoundAs(std::string_view name) {
  if (!state_) EK_TRY(Load());
  EK_TRY_ASSIGN(const Digest object, StateNameOf(*provider_, nullptr, name));
  const StateLeaf* const leaf = state_->Find(object);
  return leaf == nullptr ? std::nullopt : std::optional(leaf->bytes);
}

Result<std::uint64_t> FreshStore::Sequence() {
  if (!state_) EK_TRY(Load());
  return state_->sequence;
}

Result<std::optional<ProductBar>> FreshStore::BarOf(const ProductName& product) {
  if (!state_) EK_TRY(Load());
  EK_TRY_ASSIGN(const Digest name, StateNameOf(*provider_, &product, ""));
  const ProductBar* const bar = state_->FindBar(name);
  return bar == nullptr ? std::nullopt : std::optional(*bar);
}

Result<UnixTime> FreshStore::NewestLicence() {
  if (!state_) EK_TRY(Load());
  UnixTime newest;
  for (const ProductBar& bar : state_->bars) newest = std::max(newest, bar.licence_issued_at);
  return newest;
}

Status FreshStore::RaiseBar(const ProductName& product, ProductBar bar) {
  if (!state_) EK_TRY(Load());
  EK_TRY_ASSIGN(bar.product, StateNameOf(*provider_, &product, ""));
  EK_TRY_ASSIGN(std::unique_ptr<StateRoot> probe, Successor());
  EK_TRY_ASSIGN(const bool raises, probe->Raise(bar));
  if (!raises) return {};
  EK_TRY(FinishPending());
  EK_TRY(Settle());
  EK_TRY_ASSIGN(std::unique_ptr<StateRoot> next, Successor());
  EK_TRY(next->Raise(bar));
  EK_TRY(Commit(std::move(next)));
  Mirror();
  return {};
}

Result<Bytes> FreshStore::ReadInner(const Place& place, std::size_t max_size) const {
  return place.product != nullptr ? inner_->ReadOf(*place.product, place.name, max_size)
                                  : inner_->Read(place.name, max_size);
}

Result<Bytes> FreshStore::ReadBound(const Place& place, std::size_t max_size) {
  if (!state_) EK_TRY(Load());
  EK_TRY_ASSIGN(const Digest name, StateNameOf(*provider_, place.product, place.name));
  const StateLeaf* const leaf = state_->Find(name);
  if (leaf == nullptr) return Error(ErrorCode::kNotFound, "stored object");
  if (state_->pending && IsOf(*state_->pending, place.product, place.name)) {
    if (state_->pending->bytes.size() > max_size) return Error(ErrorCode::kTooLarge, "stored object");
    return Bytes::Copy(state_->pending->bytes.view());
  }
  Result<Bytes> bytes = ReadInner(place, max_size);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) {
    return Error(ErrorCode::kDenied, "stored object: taken away");
  }
  if (!bytes) return bytes;
  EK_TRY_ASSIGN(const Digest found, crypto::Sha256(*provider_, {bytes->view()}));
  if (found != leaf->bytes) return Error(ErrorCode::kDenied, "stored object: an older one, or changed");
  return bytes;
}

Status FreshStore::ReplaceBound(const Place& place, ByteView bytes, const Entry* entry, const Endings* endings) {
  if (!state_) EK_TRY(Load());
  if (bytes.size() > kMaxPendingSize) return Error(ErrorCode::kTooLarge, "stored object");
  EK_TRY(FinishPending());
  StateLeaf leaf;
  EK_TRY_ASSIGN(leaf.name, StateNameOf(*provider_, place.product, place.name));
  EK_TRY_ASSIGN(leaf.bytes, crypto::Sha256(*provider_, {bytes}));
  PendingObject object;
  if (place.product != nullptr) object.product = *place.product;
  EK_TRY_ASSIGN(object.name, InlineString<160>::From(place.name));
  EK_TRY_ASSIGN(object.bytes, Bytes::Copy(bytes));
  // The same again, where the file may be damaged: nothing new is bound.
  const StateLeaf* const bound = state_->Find(leaf.name);
  if (endings == nullptr && bound != nullptr && bound->bytes == leaf.bytes) return WriteInner(object);
  EK_TRY(Settle());
  EK_TRY_ASSIGN(std::unique_ptr<StateRoot> next, Successor());
  EK_TRY(next->Put(leaf));
  EK_TRY(Apply(entry, *next));
  EK_TRY(End(endings, *next));
  next->pending = std::move(object);
  EK_TRY(Commit(std::move(next)));
  // It counts, whether there is room for it in its own place or not.
  static_cast<void>(FinishPending().has_value());
  Mirror();
  return {};
}

Status FreshStore::Unbind(const Place& place, const Entry* entry) {
  EK_TRY_ASSIGN(const Digest name, StateNameOf(*provider_, place.product, place.name));
  if (state_->Find(name) == nullptr) return {};
  EK_TRY(FinishPending());
  EK_TRY(Settle());
  EK_TRY_ASSIGN(std::unique_ptr<StateRoot> next, Successor());
  next->Remove(name);
  EK_TRY(Apply(entry, *next));
  EK_TRY(Commit(std::move(next)));
  Mirror();
  return {};
}

Result<Bytes> FreshStore::Read(std::string_view name, std::size_t max_size) {
  if (name == kUnbound) return inner_->Read(name, max_size);
  return ReadBound({nullptr, name}, max_size);
}

Status FreshStore::Replace(std::string_view name, ByteView bytes) {
  if (name == kUnbound) return inner_->Replace(name, bytes);
  return ReplaceBound({nullptr, name}, bytes);
}

Result<Bytes> FreshStore::ReadOf(const ProductName& product, std::string_view name, std::size_t max_size) {
  return ReadBound({&product, name}, max_size);
}

Status FreshStore::ReplaceOf(const ProductName& product, std::string_view name, ByteView bytes) {
  return ReplaceBound({&product, name}, bytes);
}

Result<InlineVector<ProductName, ports::kMaxStoredProducts>> FreshStore::Products() {
  return inner_->Products();
}

Result<ports::FileHandle> FreshStore::CreateSlotFile(const ProductName& product, std::uint8_t slot,
                                                     ports::SlotFile file) {
  return inner_->CreateSlotFile(product, slot, file);
}

Result<ports::FileHandle> FreshStore::OpenSlotFile(const ProductName& product, std::uint8_t slot,
                                                   ports::SlotFile file) {
  return inner_->OpenSlotFile(product, slot, file);
}

Status FreshStore::SyncSlot(const ProductName& product, std::uint8_t slot) {
  return inner_->SyncSlot(product, slot);
}

// The files go first: on a full disk the state needs their room.
Status FreshStore::EraseSlot(const ProductName& product, std::uint8_t slot) {
  const Place licence{&product, slot == 0 ? "licence.0" : "licence.1"};
  if (!state_) EK_TRY(Load());
  if (state_->pending && IsOf(*state_->pending, &product, licence.name)) state_->pending.reset();
  EK_TRY(inner_->EraseSlot(product, slot));
  return Unbind(licence);
}

Status FreshStore::EraseAll(std::string_view kept) {
  state_.reset();
  return inner_->EraseAll(kept);
}

Result<std::uint64_t> FreshStore::SizeOf(ports::FileHandle file) {
  return inner_->SizeOf(file);
}

void FreshStore::Close(ports::FileHandle file) noexcept {
  inner_->Close(file);
}

}  // namespace edgekeep::core
