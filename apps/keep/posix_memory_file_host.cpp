#include "posix_memory_file_host.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>

#include "edgekeep/gate/posix/descriptor.h"

namespace edgekeep::keep {
namespace {

class PosixMemoryFile final : public ports::MemoryFile {
 public:
  explicit PosixMemoryFile(gate::Descriptor memory) noexcept : memory_(std::move(memory)) {}

  int descriptor() const override { return memory_.get(); }

  Status Seal() override {
    constexpr int kUnchangeable = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (::fcntl(memory_.get(), F_ADD_SEALS, kUnchangeable) == 0) return {};
    return Error(errno == EBUSY ? ErrorCode::kBusy : ErrorCode::kIo, "sealing a memory file");
  }

 private:
  gate::Descriptor memory_;
};

}  // namespace

Result<std::unique_ptr<ports::MemoryFile>> PosixMemoryFileHost::NewFile() {
  gate::Descriptor memory(::memfd_create("edgekeep-export", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory.valid()) return Error(ErrorCode::kNoMemory, "memory file");
  return std::make_unique<PosixMemoryFile>(std::move(memory));
}

}  // namespace edgekeep::keep
