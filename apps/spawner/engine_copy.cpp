#include "engine_copy.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "children.h"
#include "edgekeep/base/hex.h"

namespace edgekeep::spawner {
namespace {

using gate::Descriptor;

constexpr unsigned kMayBeExecuted = 0x10;  // MFD_EXEC, which the C library of Debian 12 does not name

// To be confined and to read the library once.
constexpr int kMeasuringMs = 30'000;
constexpr std::size_t kDigestSize = 32;

Result<Descriptor> NewMemory() {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  Descriptor memory(memfd_create("libonnxruntime", kFlags | kMayBeExecuted));
  // Before Linux 6.3 the flag is unknown, and memory executable without it.
  if (!memory.valid() && errno == EINVAL) memory = Descriptor(memfd_create("libonnxruntime", kFlags));
  if (!memory.valid()) return Error(ErrorCode::kIo, "--engine: memory for a copy");
  return memory;
}

Status CopyInto(const Descriptor& memory, const Descriptor& file) {
  struct stat found{};
  if (fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode)) return Error(ErrorCode::kIo, "--engine: no file");
  for (off_t left = found.st_size; left > 0;) {
    const ssize_t sent = sendfile(memory.get(), file.get(), nullptr, static_cast<std::size_t>(left));
    if (sent <= 0) return Error(ErrorCode::kIo, "--engine: copying it");
    left -= sent;
  }
  return {};
}

Status Seal(const Descriptor& memory) {
  constexpr int kSeals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  if (fchmod(memory.get(), 0555) != 0 || fcntl(memory.get(), F_ADD_SEALS, kSeals) != 0) {
    return Error(ErrorCode::kIo, "--engine: sealing the copy");
  }
  return {};
}

Result<Descriptor> ForReading(const Descriptor& memory) {
  const std::string path = "/proc/self/fd/" + std::to_string(memory.get());
  Descriptor reading(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!reading.valid()) return Error(ErrorCode::kIo, "--engine: the copy");
  return reading;
}

// 32 bytes from a confined process that has run nothing but Edgekeep's own code; empty when they do not come.
std::string DigestFrom(const Descriptor& control) {
  std::array<std::uint8_t, gate::kFrameHeaderSize + kDigestSize> buffer{};
  gate::Channel cell{Descriptor(fcntl(control.get(), F_DUPFD_CLOEXEC, 0))};
  const auto message = cell.ReceiveWithoutDescriptors(buffer, kMeasuringMs);
  if (!message || message->frame.body.size() != kDigestSize) return {};
  return std::string(ToHex(message->frame.body).view());
}

std::string Measure(const Settings& settings, const Engine& engine) {
  const isolation::StartCell order{.purpose = isolation::Purpose::kMeasure, .memory_bytes = 0};
  auto cell = StartCell(settings, engine, 0, order);
  if (!cell) return {};
  std::string digest = DigestFrom(cell->control);
  kill(cell->pid, SIGKILL);
  waitpid(cell->pid, nullptr, 0);
  if (digest.empty()) std::fputs("edgekeep-spawner: the engine was not measured: each cell will\n", stderr);
  return digest;
}

}  // namespace

Result<Engine> CopyEngine(const Settings& settings) {
  const Descriptor file(open(settings.arguments.engine.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return Error(ErrorCode::kNotFound, "--engine");
  EK_TRY_ASSIGN(const Descriptor memory, NewMemory());
  EK_TRY(CopyInto(memory, file));
  EK_TRY(Seal(memory));
  Engine engine;
  EK_TRY_ASSIGN(engine.copy, ForReading(memory));
  engine.sha256 = Measure(settings, engine);
  return engine;
}

}  // namespace edgekeep::spawner
