#include "api.h"

namespace edgekeep::engine {

Status Check(const OrtApi& api, OrtStatus* status, const char* where) {
  if (status == nullptr) return {};
  api.ReleaseStatus(status);
  return Error(ErrorCode::kModelRefused, where);
}

Status CheckRun(const OrtApi& api, OrtStatus* status, const char* where) {
  if (status == nullptr) return {};
  const bool callers_fault = api.GetErrorCode(status) == ORT_INVALID_ARGUMENT;
  api.ReleaseStatus(status);
  return Error(callers_fault ? ErrorCode::kBadTensor : ErrorCode::kModelRefused, where);
}

}  // namespace edgekeep::engine
