#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>

#include "edgekeep/anchor/tpm2/tpm2_anchor.h"

namespace edgekeep::anchor {
namespace {

Error Refused() {
  switch (errno) {
    case ENOENT:
      return Error(ErrorCode::kNotFound, "tpm2: no TPM at this path");
    case EACCES:
    case EPERM:
      return Error(ErrorCode::kForbidden, "tpm2: this user may not use the TPM");
    case EBUSY:
      return Error(ErrorCode::kBusy, "tpm2: somebody else has the TPM open");
    default:
      return Error(ErrorCode::kIo, "tpm2: the TPM cannot be reached");
  }
}

Result<int> ConnectSocket(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (strlen(path) >= sizeof address.sun_path)
    return Error(ErrorCode::kBadArgument, "tpm2: the socket's path is too long");
  memcpy(address.sun_path, path, strlen(path));
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return Refused();
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  const Error error = Refused();
  close(fd);
  return error;
}

}  // namespace

Result<int> ConnectTpm(const char* path) {
  struct stat found{};
  if (stat(path, &found) != 0) return Refused();
  if (S_ISSOCK(found.st_mode)) return ConnectSocket(path);
  if (!S_ISCHR(found.st_mode)) return Error(ErrorCode::kBadArgument, "tpm2: neither a device nor a socket");
  const int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return Refused();
  return fd;
}

}  // namespace edgekeep::anchor
