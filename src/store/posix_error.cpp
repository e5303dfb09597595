#include "posix_error.h"

#include <cerrno>

namespace edgekeep::store {

Error ErrorOfErrno(const char* where) noexcept {
  switch (errno) {
    case ENOENT:
      return Error(ErrorCode::kNotFound, where);
    case EEXIST:
      return Error(ErrorCode::kAlreadyExists, where);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Error(ErrorCode::kNoSpace, where);
    case EROFS:
      return Error(ErrorCode::kReadOnly, where);
    case ENOMEM:
    case EMFILE:
    case ENFILE:
      return Error(ErrorCode::kNoMemory, where);
    default:
      return Error(ErrorCode::kIo, where);
  }
}

}  // namespace edgekeep::store
