#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

#include "attack_table.h"

namespace edgekeep::attack {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

template <typename Address>
int ConnectTo(int socket, const Address& address, std::size_t size = sizeof(Address)) {
  if (socket < 0) return errno;
  return Outcome(connect(socket, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)));
}

int ConnectTcp(const Knowledge& knowledge) {
  return ConnectTo(socket(AF_INET, SOCK_STREAM, 0), Loopback(knowledge.tcp_port));
}

int SendUdp(const Knowledge& knowledge) {
  const int from = socket(AF_INET, SOCK_DGRAM, 0);
  if (const int failed = ConnectTo(from, Loopback(knowledge.udp_port)); failed != 0) return failed;
  return Outcome(send(from, "secret", 6, 0));
}

int ConnectUnixPath(const Knowledge& knowledge) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(knowledge.unix_path.begin(), knowledge.unix_path.end(), address.sun_path);
  return ConnectTo(socket(AF_UNIX, SOCK_STREAM, 0), address);
}

int ConnectAbstract(const Knowledge& knowledge) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(knowledge.abstract_name.begin(), knowledge.abstract_name.end(), address.sun_path + 1);
  return ConnectTo(socket(AF_UNIX, SOCK_STREAM, 0), address,
                   offsetof(sockaddr_un, sun_path) + 1 + knowledge.abstract_name.size());
}

int ListenOnNetwork(const Knowledge&) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = Loopback(0);
  if (listener < 0 || bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return errno;
  return Outcome(listen(listener, 1));
}

int OpenRawSocket(const Knowledge&) {
  return Outcome(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

// The kernel's tables of routes, devices and sockets, and the way to change them.
int OpenNetlink(const Knowledge&) {
  return Outcome(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
}

// Every frame of every device.
int OpenPacketSocket(const Knowledge&) {
  return Outcome(socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)));
}

// To whoever runs this machine as a virtual one: no network namespace stands in between.
int OpenHypervisorSocket(const Knowledge&) {
  return Outcome(socket(AF_VSOCK, SOCK_STREAM, 0));
}

// A pair of connected sockets carries descriptors from thread to thread, past whoever counts them.
int MakeSocketPair(const Knowledge&) {
  int ends[2];
  return Outcome(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
}

constexpr Named kOnNetwork[] = {{"tcp", ConnectTcp},
                                {"udp", SendUdp},
                                {"unix_path", ConnectUnixPath},
                                {"unix_abstract", ConnectAbstract},
                                {"listen", ListenOnNetwork},
                                {"raw_socket", OpenRawSocket},
                                {"netlink", OpenNetlink},
                                {"packet_socket", OpenPacketSocket},
                                {"hypervisor_socket", OpenHypervisorSocket},
                                {"socket_pair", MakeSocketPair}};

}  // namespace

Attack FindNetworkAttack(std::string_view name) {
  return Find(kOnNetwork, name);
}

}  // namespace edgekeep::attack
