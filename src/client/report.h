// How refusals leave through the C interface.
#pragma once
#include "answer.h"
#include "edgekeep/client/errors.h"

namespace edgekeep::client {

// Writes `failure` to `error`, which may be null, and returns its code.
ek_code Report(const gate::Failure& failure, ek_error* error) noexcept;
ek_code Report(const Error& failure, ek_error* error) noexcept;
ek_code ReportSuccess(ek_error* error) noexcept;

template <typename T>
ek_code ReportOutcome(const T& outcome, ek_error* error) noexcept {
  return outcome ? ReportSuccess(error) : Report(outcome.error(), error);
}

}  // namespace edgekeep::client
