#include "serving_notes.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "edgekeep/base/writer.h"

namespace edgekeep::keep {
namespace {

void NoteEvent(ports::Journal& journal, std::initializer_list<std::string_view> words) {
  std::array<std::uint8_t, 96 + ProductName::kMaxLength> buffer;
  Writer event(buffer);
  for (const std::string_view word : words) {
    if (!event.WriteBytes(AsBytes(word))) break;
  }
  journal.NoteEvent(AsText(event.written()));
}

}  // namespace

Status NoteHowItRuns(KeepState& state, const formats::CommitRecord& record, const gate::ServeModelAnswer& answer) {
  const auto provider = static_cast<formats::ExecutionProvider>(answer.provider);
  const formats::ExecutionProviders& allowed = record.policy.providers;
  if (std::ranges::find(allowed, provider) == allowed.end()) {
    return Error(ErrorCode::kDenied, "cell: took a provider that the policy does not allow");
  }
  const std::lock_guard lock(state.mutex);
  state.NoteOf(record.product).provider = answer.provider;
  const std::string_view product = record.product.view();
  if (provider != allowed[0]) {
    NoteEvent(state.world.journal,
              {product, ": computes on ", formats::NameOf(provider), ", there is no ", formats::NameOf(allowed[0])});
  }
  if (answer.processors_ignored) {
    NoteEvent(state.world.journal, {product, ": runs on any processor, there is none of those the policy names"});
  }
  return {};
}

Error BecauseOf(const formats::ProductPolicy& policy, const Error& error) noexcept {
  const auto& allowed = policy.providers;
  if (error.code() == ErrorCode::kNoMemory && policy.memory_budget) {
    return Error(error.code(), "open: the model does not load within its policy's memory budget");
  }
  if (error.code() == ErrorCode::kModelRefused &&
      std::ranges::find(allowed, formats::ExecutionProvider::kCpu) == allowed.end()) {
    return Error(error.code(), "open: none of the providers in the product's policy is here and takes the model");
  }
  return error;
}

}  // namespace edgekeep::keep
