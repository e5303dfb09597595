#include "simulated_tpm.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>

#include "eventually.h"
#include "require.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint16_t kSessions = 0x8002;
constexpr std::uint32_t kPcrExtend = 0x182;

int ConnectTo(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

bool Answers(const fs::path& path) {
  const int fd = ConnectTo(path);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

}  // namespace

void SimulatedTpm::PowerOn() {
  fs::permissions(directory_.path(), fs::perms::owner_all);
  const std::string state = "dir=" + directory_.path().string();
  const std::string server = "type=unixio,path=" + socket().string();
  const std::string control = "type=unixio,path=" + (directory_ / "control").string();
  process_ = Background::Start({"/usr/bin/swtpm", "socket", "--tpm2", "--tpmstate", state, "--server", server, "--ctrl",
                                control, "--flags", "not-need-init,startup-clear"},
                               directory_ / "log");
  Require(Eventually([&] { return Answers(socket()); }, std::chrono::seconds(30)), "swtpm does not answer");
  for (const fs::path& path : {directory_.path(), socket()}) {
    Require(user_ == 0 || chown(path.c_str(), user_, static_cast<gid_t>(-1)) == 0, "swtpm's directory");
  }
}

void SimulatedTpm::PowerOff() {
  process_->Signal(SIGKILL);
  Require(process_->Wait(std::chrono::seconds(30)).has_value(), "swtpm does not end");
  process_.reset();
  fs::remove(socket());
  fs::remove(directory_ / "control");
}

std::vector<std::uint8_t> SimulatedTpm::TakeState() const {
  std::ifstream file(directory_ / "tpm2-00.permall", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void SimulatedTpm::PutState(const std::vector<std::uint8_t>& state) {
  std::ofstream file(directory_ / "tpm2-00.permall", std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(state.data()), static_cast<std::streamsize>(state.size()));
}

std::uint32_t SimulatedTpm::Command(std::span<const std::uint8_t> command) const {
  const int fd = ConnectTo(socket());
  Require(fd >= 0, "swtpm cannot be reached");
  Require(write(fd, command.data(), command.size()) == static_cast<ssize_t>(command.size()), "swtpm hung up");
  std::array<std::uint8_t, 4096> answer{};
  Require(read(fd, answer.data(), answer.size()) >= 10, "swtpm gives no answer");
  close(fd);
  return static_cast<std::uint32_t>(answer[6]) << 24 | static_cast<std::uint32_t>(answer[7]) << 16 |
         static_cast<std::uint32_t>(answer[8]) << 8 | answer[9];
}

void SimulatedTpm::Extend(std::uint32_t pcr, std::uint8_t filler) const {
  std::vector<std::uint8_t> command =
      TpmCommand(kSessions, kPcrExtend, {0,    0,   0, static_cast<std::uint8_t>(pcr),  // which
                                         0,    0,   0, 9,
                                         0x40, 0,   0, 9,
                                         0,    0,   0, 0,
                                         0,  // without a password
                                         0,    0,   0, 1,
                                         0,    0x0b});  // one SHA-256
  command.insert(command.end(), 32, filler);
  command[5] = static_cast<std::uint8_t>(command.size());
  Require(Command(command) == 0, "the PCR is not extended");
}

std::vector<std::uint8_t> TpmCommand(std::uint16_t tag, std::uint32_t code, std::initializer_list<std::uint8_t> rest) {
  std::vector<std::uint8_t> command;
  const auto put = [&](std::uint32_t number, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) command.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  };
  put(tag, 2);
  put(static_cast<std::uint32_t>(10 + rest.size()), 4);
  put(code, 4);
  command.insert(command.end(), rest);
  return command;
}

}  // namespace edgekeep::test
