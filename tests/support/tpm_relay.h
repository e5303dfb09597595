// The wire between a device and its simulated TPM, on a socket of its own, that counts the commands that go over it.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "temporary_directory.h"

namespace edgekeep::test {

// How often each command was sent, by its code (TPM 2.0 part 2, §6.5.2).
using TpmCommands = std::map<std::uint32_t, int>;

int CountOf(const TpmCommands& commands);
// "2 of ECDH_ZGen, 1 of 0x123".
std::string TextOf(const TpmCommands& commands);

class TpmRelay {
 public:
  // Serves one client at a time, each of which has a connection of its own to the TPM.
  explicit TpmRelay(std::filesystem::path tpm_socket);
  TpmRelay(const TpmRelay&) = delete;
  TpmRelay& operator=(const TpmRelay&) = delete;
  ~TpmRelay();

  std::filesystem::path socket() const { return directory_ / "socket"; }

  // Another user than root may use it.
  void GiveTo(uid_t user) const;

  // So far.
  TpmCommands commands();

 private:
  void Serve();
  void Carry(int client, int tpm);

  TemporaryDirectory directory_;
  std::filesystem::path tpm_socket_;
  int listener_ = -1;
  int end_ = -1;
  std::mutex mutex_;
  TpmCommands commands_;
  std::thread carrier_;
};

// What came between two looks.
TpmCommands Since(const TpmCommands& before, const TpmCommands& now);

}  // namespace edgekeep::test
