// Result: a value or an Error; never ignored, never thrown.
#pragma once
#include <expected>
#include <utility>

#include "edgekeep/base/error.h"

namespace edgekeep {

// std::expected is not nodiscard in GCC 12, and a dropped refusal is the worst bug this project can have.
template <typename T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;

  // NOLINTNEXTLINE(google-explicit-constructor): a refusal is returned as it is
  constexpr Result(Error error) : std::expected<T, Error>(std::unexpect, error) {}
};

using Status = Result<void>;

}  // namespace edgekeep

#define EK_CONCATENATE_INNER(a, b) a##b
#define EK_CONCATENATE(a, b) EK_CONCATENATE_INNER(a, b)

// EK_TRY(expr) returns the Error of `expr` from this function, if it is one.
#define EK_TRY(expr)                                                   \
  do {                                                                 \
    if (auto ek_status = (expr); !ek_status) return ek_status.error(); \
  } while (false)

// EK_TRY_ASSIGN(auto x, expr) declares x with the value of `expr`, or returns its Error.
#define EK_TRY_ASSIGN(lhs, expr) EK_TRY_ASSIGN_INNER(EK_CONCATENATE(ek_result_, __LINE__), lhs, expr)
#define EK_TRY_ASSIGN_INNER(temporary, lhs, expr) \
  auto temporary = (expr);                        \
  if (!temporary) return temporary.error();       \
  lhs = *std::move(temporary)
