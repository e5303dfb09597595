#include <sys/socket.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <new>

#include "edgekeep/gate/posix/channel.h"

namespace edgekeep::gate {
namespace {

// The kernel's bound on supplementary groups (NGROUPS_MAX).
constexpr std::size_t kMaxGroups = 65536;

Result<bool> SupplementaryGroupsHold(int socket, gid_t gid) {
  const std::unique_ptr<gid_t[]> groups(new (std::nothrow) gid_t[kMaxGroups]);
  if (groups == nullptr) return Error(ErrorCode::kNoMemory, "groups of a peer");
  socklen_t size = kMaxGroups * sizeof(gid_t);
  if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.get(), &size) != 0) {
    return Error(ErrorCode::kIo, "groups of a peer");
  }
  const gid_t* end = groups.get() + size / sizeof(gid_t);
  return std::find(static_cast<const gid_t*>(groups.get()), end, gid) != end;
}

}  // namespace

Result<PeerCredentials> PeerOf(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0 || size != sizeof credentials) {
    return Error(ErrorCode::kIo, "credentials of a peer");
  }
  return PeerCredentials{
      .pid = static_cast<std::uint32_t>(credentials.pid), .uid = credentials.uid, .gid = credentials.gid};
}

Result<bool> PeerIsInGroup(int socket, std::uint32_t gid) {
  EK_TRY_ASSIGN(const PeerCredentials peer, PeerOf(socket));
  if (peer.gid == gid) return true;
  return SupplementaryGroupsHold(socket, gid);
}

}  // namespace edgekeep::gate
