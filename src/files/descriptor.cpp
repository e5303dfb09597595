#include "edgekeep/files/descriptor.h"

#include <cerrno>

namespace edgekeep::files {

Error FromErrno(int error_number, const char* where) noexcept {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return Error(ErrorCode::kNotFound, where);
    case EEXIST:
    case ENOTEMPTY:
      return Error(ErrorCode::kAlreadyExists, where);
    case EACCES:
    case EPERM:
    case ELOOP:
      return Error(ErrorCode::kForbidden, where);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Error(ErrorCode::kNoSpace, where);
    case EROFS:
      return Error(ErrorCode::kReadOnly, where);
    case ENOMEM:
      return Error(ErrorCode::kNoMemory, where);
    default:
      return Error(ErrorCode::kIo, where);
  }
}

}  // namespace edgekeep::files
