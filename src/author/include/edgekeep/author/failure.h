// Failure: why something was refused, in words for the person at the keyboard.
#pragma once
#include <expected>
#include <string>
#include <utility>

#include "edgekeep/base/result.h"

namespace edgekeep::author {

// One line says it all: what happened, where, what to do.
struct Failure {
  ErrorCode code = ErrorCode::kInternal;
  std::string what;
  std::string where;
  std::string advice;
};

// A value or a Failure; never ignored.
template <typename T>
class [[nodiscard]] Outcome : public std::expected<T, Failure> {
 public:
  using std::expected<T, Failure>::expected;

  Outcome(Failure failure)
      : std::expected<T, Failure>(std::unexpect, std::move(failure)) {}  // NOLINT(google-explicit-constructor)
};

using Done = Outcome<void>;

// Puts `error` into words; `place` is a path or another name of what it was about.
Failure Describe(const Error& error, std::string place);

// Passes a value on, and puts an error into words.
template <typename T>
Outcome<T> At(std::string place, Result<T> result) {
  if (!result) return Describe(result.error(), std::move(place));
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(result);
  }
}

}  // namespace edgekeep::author
