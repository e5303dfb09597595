// A refusal as it crosses the gate (spec/gate.md §3).
#pragma once
#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/inline_string.h"
#include "edgekeep/base/result.h"

namespace edgekeep::gate {

// `where` is the refusing side's literal; "" beside kDenied, always.
struct Failure {
  ErrorCode code = ErrorCode::kInternal;
  InlineString<96> where;
};

Failure FailureOf(const Error& error);
Result<Failure> DecodeFailure(ByteView body);
Status EncodeFailure(const Failure& failure, CborWriter& out);

}  // namespace edgekeep::gate
