// What a command came to.
#pragma once
#include <expected>
#include <string>

#include "edgekeep/base/error.h"

namespace edgekeep::cli::device {

// A refusal in a person's words; printed as one line, `edgekeep: WHAT: WHERE: ADVICE`.
struct Failure {
  ErrorCode code = ErrorCode::kInternal;
  std::string what;
  std::string where;
  std::string advice;
  bool told = false;  // the answer already says it; only the exit code is left
};

template <typename T>
class [[nodiscard]] Outcome : public std::expected<T, Failure> {
 public:
  using std::expected<T, Failure>::expected;

  // NOLINTNEXTLINE(google-explicit-constructor)
  Outcome(Failure failure) : std::expected<T, Failure>(std::unexpect, std::move(failure)) {}
};

using Done = Outcome<void>;

}  // namespace edgekeep::cli::device
