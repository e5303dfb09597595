// What applications store (spec/keep-state.md §12): one object for each, sealed, bound to the state root. A request
// sees its own user's object and no other, so that nobody can read, list or count what is another's.
#include "edgekeep/formats/stored_values.h"

#include <array>

#include "edgekeep/base/writer.h"
#include "edgekeep/formats/labels.h"
#include "handlers.h"

namespace edgekeep::keep {
namespace {

static_assert(gate::kMaxValueSize == formats::kMaxStoredValueSize && gate::kMaxValues == formats::kMaxStoredValues);

constexpr std::size_t kMaxSealedSize = formats::kMaxStoredValuesSize + core::kSealedSecretOverhead;
// What the kernel calls users that this keep's namespace does not know: no identity at all.
constexpr std::uint32_t kNobody = 65534;

// Who asks, and where its values are.
struct Asking {
  core::StateApplication application;
  std::optional<std::uint8_t> place;  // none: it has none
  ChangeBudget::Moment at;
};

// Views borrow from `body`.
struct Opened {
  SecretBytes body;
  formats::StoredValues values;
};

Error NoSuchValue() {
  return Error(ErrorCode::kNotFound, "stored value");
}

std::array<std::uint8_t, 5> BindingOf(std::uint32_t user, std::uint8_t place) {
  std::array<std::uint8_t, 5> binding{};
  Writer out(binding);
  EK_CHECK(out.WriteU32BigEndian(user) && out.WriteU8(place));
  return binding;
}

// Requires the state's mutex, as all below do.
Result<Asking> FindApplication(KeepState& state, std::uint32_t user) {
  EK_TRY(state.CheckInitialised());
  if (user == kNobody) return Error(ErrorCode::kForbidden, "user 65534 is nobody, and has no values");
  Asking asking{.application = {.user = user}, .place = {}, .at = {}};
  EK_TRY_ASSIGN(asking.at.now, state.clock.Now());
  EK_TRY_ASSIGN(asking.at.counter, state.world.clock.SecondsSinceStart());
  EK_TRY_ASSIGN(const core::StateApplications applications, state.fresh.Applications());
  for (std::size_t i = 0; i < applications.size(); ++i) {
    if (applications[i].user != user) continue;
    asking.application = applications[i];
    asking.place = static_cast<std::uint8_t>(i);
  }
  return asking;
}

// A place that nobody has, or one of somebody who has no values and owes nothing.
Result<std::uint8_t> FindRoom(KeepState& state, const ChangeBudget::Moment& at) {
  EK_TRY_ASSIGN(const core::StateApplications applications, state.fresh.Applications());
  if (applications.size() < core::kMaxApplications) return static_cast<std::uint8_t>(applications.size());
  for (std::uint8_t place = 0; place < applications.size(); ++place) {
    EK_TRY_ASSIGN(const bool is_used, state.fresh.HasValues(place));
    if (is_used || state.changes.DebtOf(applications[place], at) > 0) continue;
    state.changes.Forget(applications[place].user);
    return place;
  }
  return Error(ErrorCode::kTooLarge, "as many applications as may store values do");
}

// Fails with kNotFound where it has none.
Result<Opened> OpenValues(KeepState& state, const Asking& asking) {
  if (!asking.place) return NoSuchValue();
  const Result<Bytes> sealed = state.fresh.ReadValues(*asking.place, kMaxSealedSize);
  if (!sealed && sealed.error().code() == ErrorCode::kTooLarge) return Error(ErrorCode::kDenied, "values: size");
  if (!sealed) return sealed.error();
  Opened opened;
  EK_TRY_ASSIGN(opened.body, state.vault.OpenSecret(formats::label::kStoredValues,
                                                    BindingOf(asking.application.user, *asking.place), sealed->view()));
  const auto values = formats::DecodeStoredValues(opened.body.Reveal());
  if (!values) return Error(ErrorCode::kDenied, values.error().where());
  opened.values = *values;
  return opened;
}

// None is a list without any.
Result<Opened> OpenOrBegin(KeepState& state, const Asking& asking) {
  Result<Opened> opened = OpenValues(state, asking);
  if (!opened && opened.error().code() == ErrorCode::kNotFound) return Opened();
  return opened;
}

const formats::StoredValue* Find(const formats::StoredValues& values, std::string_view name) {
  const auto found = std::ranges::find(values, name, &formats::StoredValue::name);
  return found == values.end() ? nullptr : found;
}

// `values` with `changed` in its place, or without it where it has no value.
Result<formats::StoredValues> With(const formats::StoredValues& values, std::string_view name,
                                   const std::optional<ByteView>& changed) {
  formats::StoredValues all;
  bool is_put = !changed;
  const auto put = [&]() -> Status {
    is_put = true;
    return all.PushBack({name, *changed});
  };
  for (const formats::StoredValue& value : values) {
    if (!is_put && name <= value.name) EK_TRY(put());
    if (value.name != name) EK_TRY(all.PushBack(value));
  }
  if (!is_put) EK_TRY(put());
  return all;
}

Result<SecretBytes> Encode(const formats::StoredValues& values) {
  EK_TRY_ASSIGN(SecretBytes room, SecretBytes::Allocate(formats::kMaxStoredValuesSize));
  CborWriter out(room.RevealForWriting());
  const Status encoded = formats::EncodeStoredValues(values, out);
  if (!encoded) return Error(ErrorCode::kTooLarge, "as much as one application may store");
  return SecretBytes::CopyOf(out.written());
}

Status StoreValues(KeepState& state, const Asking& asking, std::uint8_t place, const formats::StoredValues& values) {
  Bytes sealed;
  if (!values.empty()) {
    EK_TRY_ASSIGN(const SecretBytes body, Encode(values));
    EK_TRY_ASSIGN(
        sealed, state.vault.SealSecret(formats::label::kStoredValues, BindingOf(asking.application.user, place), body));
  }
  const core::StateApplication charged = state.changes.Charge(asking.application, asking.at);
  return state.fresh.ReplaceValues(place, charged, sealed.view());
}

Result<std::uint8_t> PlaceToPut(KeepState& state, const Asking& asking) {
  if (state.changes.ChangesLeft(asking.application, asking.at) == 0) {
    return Error(ErrorCode::kOverRate, "changes of stored values, two hours each in the long run");
  }
  if (asking.place) return *asking.place;
  return FindRoom(state, asking.at);
}

Status DeleteOne(KeepState& state, const Asking& asking, std::string_view name) {
  EK_TRY_ASSIGN(const Opened opened, OpenValues(state, asking));
  if (Find(opened.values, name) == nullptr) return NoSuchValue();
  EK_TRY_ASSIGN(const formats::StoredValues values, With(opened.values, name, std::nullopt));
  return StoreValues(state, asking, *asking.place, values);
}

// Of damaged values nothing is known but whose they are: this is how their owner begins anew.
Status DeleteAll(KeepState& state, const Asking& asking) {
  if (!asking.place) return {};
  EK_TRY_ASSIGN(const bool has_any, state.fresh.HasValues(*asking.place));
  return has_any ? StoreValues(state, asking, *asking.place, {}) : Status();
}

}  // namespace

Status PutValue(KeepState& state, const gate::PutValueRequest& request, std::uint32_t user) {
  const std::lock_guard lock(state.mutex);
  EK_TRY_ASSIGN(const Asking asking, FindApplication(state, user));
  EK_TRY_ASSIGN(const Opened opened, OpenOrBegin(state, asking));
  const std::string_view name = request.name.view();
  const formats::StoredValue* const before = Find(opened.values, name);
  if (before != nullptr && EqualInConstantTime(before->value, request.value)) return {};
  const auto values = With(opened.values, name, request.value);
  if (!values) return Error(ErrorCode::kTooLarge, "as many values as one application may store");
  EK_TRY_ASSIGN(const std::uint8_t place, PlaceToPut(state, asking));
  return StoreValues(state, asking, place, *values);
}

Result<SecretBytes> GetValue(KeepState& state, const gate::GetValueRequest& request, std::uint32_t user) {
  const std::lock_guard lock(state.mutex);
  EK_TRY_ASSIGN(const Asking asking, FindApplication(state, user));
  EK_TRY_ASSIGN(const Opened opened, OpenValues(state, asking));
  const formats::StoredValue* const found = Find(opened.values, request.name.view());
  if (found == nullptr) return NoSuchValue();
  return SecretBytes::CopyOf(found->value);
}

// Never refused for its rate: whoever wants a secret gone has it gone. It is owed all the same.
Status DeleteValues(KeepState& state, const gate::DeleteValuesRequest& request, std::uint32_t user) {
  const std::lock_guard lock(state.mutex);
  EK_TRY_ASSIGN(const Asking asking, FindApplication(state, user));
  return request.name ? DeleteOne(state, asking, request.name->view()) : DeleteAll(state, asking);
}

Result<gate::ListValuesAnswer> ListValues(KeepState& state, std::uint32_t user) {
  const std::lock_guard lock(state.mutex);
  EK_TRY_ASSIGN(const Asking asking, FindApplication(state, user));
  EK_TRY_ASSIGN(const Opened opened, OpenOrBegin(state, asking));
  gate::ListValuesAnswer answer;
  answer.bytes_used = static_cast<std::uint32_t>(opened.body.size());
  answer.changes_left = state.changes.ChangesLeft(asking.application, asking.at);
  for (const formats::StoredValue& value : opened.values) {
    EK_TRY_ASSIGN(const ValueName name, ValueName::Parse(value.name));
    EK_TRY(answer.values.PushBack({name, static_cast<std::uint32_t>(value.value.size())}));
  }
  return answer;
}

}  // namespace edgekeep::keep
