// A refusal as it crosses the gate (spec/gate.md §3).
#pragma once
#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/inline_string.h"
#include "edgekeep/base/result.h"

namespace edgekeep::gate {

// `where` is the refusing side's literal; "" beside kDenied, always, but from a cell to its keep.
struct Failure {
  ErrorCode code = ErrorCode::kInternal;
  InlineString<96> where;
};

Failure FailureOf(const Error& error);
Result<Failure> DecodeFailure(ByteView body);
Status EncodeFailure(const Failure& failure, CborWriter& out);

// From a cell to its keep: the reason stands beside kDenied too. It is for the trusted journal and goes no further.
Failure FailureInsideOf(const Error& error);
Result<Failure> DecodeFailureInside(ByteView body);
Status EncodeFailureInside(const Failure& failure, CborWriter& out);

}  // namespace edgekeep::gate
