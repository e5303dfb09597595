// A TPM 2.0 in software, swtpm, on a socket in a directory of this user alone.
#pragma once
#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "program.h"
#include "temporary_directory.h"

namespace edgekeep::test {

class SimulatedTpm {
 public:
  // A new chip, with power.
  SimulatedTpm() { PowerOn(); }

  SimulatedTpm(const SimulatedTpm&) = delete;
  SimulatedTpm& operator=(const SimulatedTpm&) = delete;

  ~SimulatedTpm() {
    if (process_) PowerOff();
  }

  void PowerOn();
  // No warning, as a cut of the power.
  void PowerOff();

  void PowerCycle() {
    PowerOff();
    PowerOn();
  }

  // Another user than root may use it, from the next time that it has power.
  void GiveTo(uid_t user) { user_ = user; }

  // It answers no more, and keeps its connections.
  void Freeze() { process_->Signal(SIGSTOP); }

  // The chip as it is, to be put back later: what no chip of silicon lets anybody do. While the power is off.
  std::vector<std::uint8_t> TakeState() const;
  void PutState(const std::vector<std::uint8_t>& state);

  // Serves one client at a time.
  std::filesystem::path socket() const { return directory_ / "socket"; }

  const std::filesystem::path& directory() const { return directory_.path(); }

  // One command over a connection of its own, which nobody else may have meanwhile; the response code.
  std::uint32_t Command(std::span<const std::uint8_t> command) const;

  // Measures something into a PCR, as firmware and boot loaders do.
  void Extend(std::uint32_t pcr, std::uint8_t filler) const;

 private:
  TemporaryDirectory directory_;
  uid_t user_ = 0;
  std::optional<Background> process_;
};

// The bytes of a command: tag, code, and what follows the header.
std::vector<std::uint8_t> TpmCommand(std::uint16_t tag, std::uint32_t code, std::initializer_list<std::uint8_t> rest);

}  // namespace edgekeep::test
