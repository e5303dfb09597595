#include "tpm_relay.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>

#include "require.h"

namespace edgekeep::test {
namespace {

// Those that an anchor uses.
const std::map<std::uint32_t, const char*> kNames = {{0x12a, "NV_DefineSpace"},  {0x131, "CreatePrimary"},
                                                     {0x134, "NV_Increment"},    {0x136, "NV_Extend"},
                                                     {0x137, "NV_Write"},        {0x147, "ActivateCredential"},
                                                     {0x148, "Certify"},         {0x149, "PolicyNV"},
                                                     {0x14e, "NV_Read"},         {0x151, "PolicySecret"},
                                                     {0x154, "ECDH_ZGen"},       {0x155, "HMAC"},
                                                     {0x158, "Quote"},           {0x15d, "Sign"},
                                                     {0x161, "ContextLoad"},     {0x162, "ContextSave"},
                                                     {0x165, "FlushContext"},    {0x167, "LoadExternal"},
                                                     {0x169, "NV_ReadPublic"},   {0x16a, "PolicyAuthorize"},
                                                     {0x173, "ReadPublic"},      {0x176, "StartAuthSession"},
                                                     {0x177, "VerifySignature"}, {0x17a, "GetCapability"},
                                                     {0x17b, "GetRandom"},       {0x17e, "PCR_Read"},
                                                     {0x17f, "PolicyPCR"},       {0x181, "ReadClock"},
                                                     {0x182, "PCR_Extend"},      {0x184, "NV_Certify"}};

sockaddr_un AddressOf(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

int SocketAt(const std::filesystem::path& path, bool listens) {
  const sockaddr_un address = AddressOf(path);
  const auto* const where = reinterpret_cast<const sockaddr*>(&address);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool is_done = listens ? ::bind(fd, where, sizeof address) == 0 && ::listen(fd, 4) == 0
                               : ::connect(fd, where, sizeof address) == 0;
  if (is_done) return fd;
  ::close(fd);
  return -1;
}

// Until there is something to read; false where the end is asked for, or the other side speaks out of turn or hangs up.
bool Await(int fd, int end, int other = -1) {
  std::array<pollfd, 3> polled = {{{end, POLLIN, 0}, {other, POLLIN, 0}, {fd, POLLIN, 0}}};
  while (::poll(polled.data(), polled.size(), -1) < 0) {
  }
  return polled[0].revents == 0 && polled[1].revents == 0;
}

}  // namespace

int CountOf(const TpmCommands& commands) {
  int count = 0;
  for (const auto& [code, times] : commands) count += times;
  return count;
}

std::string TextOf(const TpmCommands& commands) {
  std::string text;
  for (const auto& [code, times] : commands) {
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), "0x%x", code);
    const auto name = kNames.find(code);
    text += (text.empty() ? "" : ", ") + std::to_string(times) + " of " +
            (name == kNames.end() ? number.data() : name->second);
  }
  return text.empty() ? "none" : text;
}

TpmCommands Since(const TpmCommands& before, const TpmCommands& now) {
  TpmCommands since = now;
  for (const auto& [code, times] : before) since[code] -= times;
  std::erase_if(since, [](const auto& entry) { return entry.second == 0; });
  return since;
}

TpmRelay::TpmRelay(std::filesystem::path tpm_socket)
    : tpm_socket_(std::move(tpm_socket)), listener_(SocketAt(socket(), true)), end_(::eventfd(0, EFD_CLOEXEC)) {
  Require(listener_ >= 0 && end_ >= 0, "the relay does not listen");
  carrier_ = std::thread([this] { Serve(); });
}

TpmRelay::~TpmRelay() {
  ::eventfd_write(end_, 1);
  carrier_.join();
  ::close(listener_);
  ::close(end_);
}

void TpmRelay::GiveTo(uid_t user) const {
  for (const std::filesystem::path& path : {directory_.path(), socket()}) {
    Require(::chown(path.c_str(), user, static_cast<gid_t>(-1)) == 0, "the relay's directory");
  }
}

TpmCommands TpmRelay::commands() {
  const std::lock_guard lock(mutex_);
  return commands_;
}

// Commands and answers are small: each comes in one piece.
void TpmRelay::Carry(int client, int tpm) {
  std::array<std::uint8_t, 4096> bytes{};
  while (Await(client, end_, tpm)) {
    ssize_t size = ::read(client, bytes.data(), bytes.size());
    if (size < 10) return;
    {
      const std::lock_guard lock(mutex_);
      ++commands_[static_cast<std::uint32_t>(bytes[6]) << 24 | static_cast<std::uint32_t>(bytes[7]) << 16 |
                  static_cast<std::uint32_t>(bytes[8]) << 8 | bytes[9]];
    }
    if (::send(tpm, bytes.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) != size || !Await(tpm, end_)) return;
    size = ::read(tpm, bytes.data(), bytes.size());
    if (size <= 0 || ::send(client, bytes.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) != size) return;
  }
}

void TpmRelay::Serve() {
  while (Await(listener_, end_)) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const int tpm = SocketAt(tpm_socket_, false);
    if (client >= 0 && tpm >= 0) Carry(client, tpm);
    for (const int fd : {client, tpm}) {
      if (fd >= 0) ::close(fd);
    }
  }
}

}  // namespace edgekeep::test
