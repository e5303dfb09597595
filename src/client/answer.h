// Answer: a value, or the refusal of whoever was asked.
#pragma once
#include <expected>

#include "edgekeep/gate/failure.h"

namespace edgekeep::client {

// Result, but the text of the refusal may have come from the other side.
template <typename T>
class [[nodiscard]] Answer : public std::expected<T, gate::Failure> {
 public:
  using std::expected<T, gate::Failure>::expected;

  // NOLINTNEXTLINE(google-explicit-constructor)
  Answer(const gate::Failure& failure) : std::expected<T, gate::Failure>(std::unexpect, failure) {}

  // NOLINTNEXTLINE(google-explicit-constructor)
  Answer(Error error) : Answer(gate::FailureOf(error)) {}
};

using Outcome = Answer<void>;

}  // namespace edgekeep::client
