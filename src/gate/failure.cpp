#include "edgekeep/gate/failure.h"

#include <utility>

#include "error_code.h"
#include "fields.h"

namespace edgekeep::gate {
namespace {

Status Check(const Failure& failure) {
  // A text beside it would say why, which is what kDenied keeps to itself.
  if (failure.code == ErrorCode::kDenied && !failure.where.empty()) {
    return Error(ErrorCode::kMalformed, "reason beside a denial");
  }
  return {};
}

Result<Failure> DecodeFailureFields(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  Failure failure;
  EK_TRY_ASSIGN(const auto number, fields.Unsigned<std::uint64_t>(1));
  EK_TRY_ASSIGN(failure.code, ErrorCodeOf(number));
  EK_TRY_ASSIGN(failure.where, fields.Text<96>(2));
  EK_TRY(fields.End());
  return failure;
}

}  // namespace

Result<ErrorCode> ErrorCodeOf(std::uint64_t number) {
  // kNotRunning is what nobody can say.
  if (number < std::to_underlying(ErrorCode::kDenied) || number > std::to_underlying(ErrorCode::kOverRate) ||
      number == std::to_underlying(ErrorCode::kNotRunning)) {
    return Error(ErrorCode::kMalformed, "unknown error number");
  }
  return static_cast<ErrorCode>(number);
}

Failure FailureOf(const Error& error) {
  Failure failure{.code = error.code(), .where = {}};
  if (error.code() != ErrorCode::kDenied) failure.where = InlineString<96>::Truncated(error.where());
  return failure;
}

Failure FailureInsideOf(const Error& error) {
  return {.code = error.code(), .where = InlineString<96>::Truncated(error.where())};
}

Result<Failure> DecodeFailure(ByteView body) {
  EK_TRY_ASSIGN(const Failure failure, DecodeWhole(body, DecodeFailureFields));
  EK_TRY(Check(failure));
  return failure;
}

Result<Failure> DecodeFailureInside(ByteView body) {
  return DecodeWhole(body, DecodeFailureFields);
}

Status EncodeFailure(const Failure& failure, CborWriter& out) {
  EK_TRY(Check(failure));
  return EncodeFailureInside(failure, out);
}

Status EncodeFailureInside(const Failure& failure, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.Unsigned(1, std::to_underlying(failure.code)));
  return fields.Text(2, failure.where.view());
}

}  // namespace edgekeep::gate
