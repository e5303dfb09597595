#include "outside.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>

namespace edgekeep::attack {
namespace {

char secret[16] = "victim's secret";

// Binds a socket of `type` to a free port of the loopback device; the port.
int BindLoopback(int type, std::vector<gate::Descriptor>& sockets) {
  const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockets.emplace_back(fd);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  EXPECT_TRUE(type != SOCK_STREAM || listen(fd, 16) == 0);
  return ntohs(address.sin_port);
}

void BindUnix(const std::string& name, bool abstract, std::vector<gate::Descriptor>& sockets) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockets.emplace_back(fd);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), address.sun_path + (abstract ? 1 : 0));
  const std::size_t size = abstract ? offsetof(sockaddr_un, sun_path) + 1 + name.size() : sizeof address;
  EXPECT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)), 0);
  EXPECT_EQ(listen(fd, 16), 0);
}

}  // namespace

Outside::Outside() {
  char name[] = "/tmp/edgekeep-outside-XXXXXX";
  EXPECT_NE(mkdtemp(name), nullptr);
  knowledge_.directory = name;
  EXPECT_EQ(chmod(name, 0777), 0);
  knowledge_.file = knowledge_.directory + "/secret";
  std::ofstream(knowledge_.file) << "secret";
  Listen();
  knowledge_.victim_address = reinterpret_cast<std::uintptr_t>(secret);
  knowledge_.victim_pid = fork();
  if (knowledge_.victim_pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) pause();
  }
}

Outside::~Outside() {
  kill(knowledge_.victim_pid, SIGKILL);
  waitpid(knowledge_.victim_pid, nullptr, 0);
  std::filesystem::remove_all(knowledge_.directory);
}

void Outside::Listen() {
  knowledge_.tcp_port = BindLoopback(SOCK_STREAM, sockets_);
  knowledge_.udp_port = BindLoopback(SOCK_DGRAM, sockets_);
  knowledge_.unix_path = knowledge_.directory + "/socket";
  BindUnix(knowledge_.unix_path, false, sockets_);
  EXPECT_EQ(chmod(knowledge_.unix_path.c_str(), 0777), 0);
  knowledge_.abstract_name = "edgekeep-outside-" + std::to_string(getpid());
  BindUnix(knowledge_.abstract_name, true, sockets_);
}

}  // namespace edgekeep::attack
