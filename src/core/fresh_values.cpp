// What applications store, one object each, and what ends when the device changes hands (spec/keep-state.md §12).
#include <array>

#include "edgekeep/core/fresh_store.h"

namespace edgekeep::core {
namespace {

// By its place, so that there are never more of them on the disk than applications may be.
constexpr std::array<std::string_view, kMaxApplications> kValues = {
    "values.0", "values.1", "values.2",  "values.3",  "values.4",  "values.5",  "values.6",  "values.7",
    "values.8", "values.9", "values.10", "values.11", "values.12", "values.13", "values.14", "values.15"};

std::string_view ValuesAt(std::uint8_t place) {
  return kValues[place];
}

Status CheckPlace(std::uint8_t place) {
  return place < kMaxApplications ? Status() : Status(Error(ErrorCode::kBadArgument, "place of an application"));
}

}  // namespace

Status FreshStore::Apply(const Entry* entry, StateRoot& state) {
  if (entry == nullptr) return {};
  if (entry->place == state.applications.size()) return state.applications.PushBack(*entry->application);
  if (entry->place > state.applications.size()) return Error(ErrorCode::kBadArgument, "place of an application");
  state.applications[entry->place] = *entry->application;
  return {};
}

Status FreshStore::End(const Endings* endings, StateRoot& state) const {
  if (endings == nullptr) return {};
  InlineVector<Digest, ports::kMaxStoredProducts> kept;
  for (const ProductName& product : endings->licences_but) {
    EK_TRY_ASSIGN(const Digest bar, StateNameOf(*provider_, &product, ""));
    EK_TRY(kept.PushBack(bar));
  }
  state.EndLicencesBut(kept.view());
  if (!endings->values) return {};
  for (const std::string_view name : kValues) {
    EK_TRY_ASSIGN(const Digest leaf, StateNameOf(*provider_, nullptr, name));
    state.Remove(leaf);
  }
  return {};
}

// Nobody would read them any more. The disk need not keep them either; what does not go now goes at another start.
void FreshStore::EmptyDeletedValues() {
  for (std::uint8_t place = 0; place < state_->applications.size(); ++place) {
    const Result<bool> has_values = HasValues(place);
    if (!has_values || *has_values) continue;
    const Result<Bytes> left = inner_->Read(ValuesAt(place), 0);
    const bool is_empty = left.has_value() || left.error().code() == ErrorCode::kNotFound;
    if (!is_empty) static_cast<void>(inner_->Replace(ValuesAt(place), {}).has_value());
  }
}

Result<StateApplications> FreshStore::Applications() {
  if (!state_) EK_TRY(Load());
  return state_->applications;
}

Result<bool> FreshStore::HasValues(std::uint8_t place) {
  EK_TRY(CheckPlace(place));
  if (!state_) EK_TRY(Load());
  EK_TRY_ASSIGN(const Digest name, StateNameOf(*provider_, nullptr, ValuesAt(place)));
  return state_->Find(name) != nullptr;
}

Result<Bytes> FreshStore::ReadValues(std::uint8_t place, std::size_t max_size) {
  EK_TRY(CheckPlace(place));
  return ReadBound({nullptr, ValuesAt(place)}, max_size);
}

Status FreshStore::ReplaceValues(std::uint8_t place, const StateApplication& application, ByteView bytes) {
  EK_TRY(CheckPlace(place));
  const Place object{nullptr, ValuesAt(place)};
  const Entry entry{place, &application};
  if (!bytes.empty()) return ReplaceBound(object, bytes, &entry);
  if (!state_) EK_TRY(Load());
  EK_TRY(Unbind(object, &entry));
  EmptyDeletedValues();
  return {};
}

Status FreshStore::ReplaceAndEnd(std::string_view name, ByteView bytes, const Endings& endings) {
  EK_TRY(ReplaceBound({nullptr, name}, bytes, nullptr, &endings));
  if (endings.values) EmptyDeletedValues();
  return {};
}

}  // namespace edgekeep::core
