#include "serving_notes.h"

#include <algorithm>

#include "journal_words.h"

namespace edgekeep::keep {

Status NoteHowItRuns(KeepState& state, const ProductName& product_name, const formats::ProductPolicy& policy,
                     const gate::ServeModelAnswer& answer) {
  const auto provider = static_cast<formats::ExecutionProvider>(answer.provider);
  const formats::ExecutionProviders& allowed = policy.providers;
  if (std::ranges::find(allowed, provider) == allowed.end()) {
    return Error(ErrorCode::kDenied, "cell: took a provider that the policy does not allow");
  }
  const std::lock_guard lock(state.mutex);
  state.NoteOf(product_name).provider = answer.provider;
  const std::string_view product = product_name.view();
  if (provider != allowed[0]) {
    NoteEvent(state.world.journal,
              {product, ": computes on ", formats::NameOf(provider), ", there is no ", formats::NameOf(allowed[0])});
  }
  if (answer.processors_ignored) {
    NoteEvent(state.world.journal, {product, ": runs on any processor, there is none of those the policy names"});
  }
  return {};
}

Error BecauseOf(const Installation& found, const Error& error) noexcept {
  const formats::ProductPolicy& policy = found.policy;
  const auto& allowed = policy.providers;
  if (error.code() == ErrorCode::kNoMemory && policy.memory_budget) {
    const auto& own = found.record().policy.memory_budget;
    if (!own || *policy.memory_budget < *own)
      return Error(error.code(), "open: the model does not load within the operations policy's memory budget");
    return Error(error.code(), "open: the model does not load within its policy's memory budget");
  }
  if (error.code() == ErrorCode::kModelRefused &&
      std::ranges::find(allowed, formats::ExecutionProvider::kCpu) == allowed.end()) {
    return Error(error.code(), "open: none of the providers in the product's policy is here and takes the model");
  }
  return error;
}

}  // namespace edgekeep::keep
