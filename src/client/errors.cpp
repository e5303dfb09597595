#include "edgekeep/client/errors.h"

#include <cstring>

#include "report.h"

// NOLINTBEGIN(readability-identifier-naming): C names
static_assert(static_cast<ek_code>(edgekeep::ErrorCode::kNotRunning) == EK_NOT_RUNNING);
static_assert(static_cast<ek_code>(edgekeep::ErrorCode::kOverRate) == EK_OVER_RATE);
static_assert(static_cast<ek_code>(edgekeep::ErrorCode::kInternal) == EK_INTERNAL);
static_assert(sizeof(ek_error) == 128);

extern "C" const char* ek_error_name(ek_code code) {
  if (code == EK_OK) return "ok";
  if (code > UINT16_MAX) return "unknown";
  return edgekeep::NameOf(static_cast<edgekeep::ErrorCode>(code));
}

extern "C" const char* ek_error_advice(ek_code code) {
  if (code == EK_OK) return "nothing failed";
  if (code > UINT16_MAX) return "unknown error";
  return edgekeep::AdviceFor(static_cast<edgekeep::ErrorCode>(code));
}

extern "C" const char* ek_version(void) {
  return EK_CLIENT_VERSION;
}

// NOLINTEND(readability-identifier-naming)

namespace edgekeep::client {

ek_code Report(const gate::Failure& failure, ek_error* error) noexcept {
  const auto code = static_cast<ek_code>(failure.code);
  if (error == nullptr) return code;
  static_assert(sizeof(error->where) > sizeof(failure.where) - sizeof(std::size_t));
  *error = {.code = code, .where = {}};
  std::memcpy(error->where, failure.where.c_str(), failure.where.size());
  return code;
}

ek_code Report(const Error& failure, ek_error* error) noexcept {
  return Report(gate::FailureOf(failure), error);
}

ek_code ReportSuccess(ek_error* error) noexcept {
  if (error != nullptr) *error = {.code = EK_OK, .where = {}};
  return EK_OK;
}

}  // namespace edgekeep::client
