// edgekeep-cell: the process in which one package is served or installed. The spawner starts it, confined already in
// part; nothing of it runs unconfined.
#include <unistd.h>

#include "arguments.h"
#include "cell_process.h"
#include "edgekeep/isolation/process/lock_down.h"
#include "edgekeep/isolation/process/memory_lock.h"
#include "edgekeep/isolation/process/namespaces.h"

namespace {

using namespace edgekeep;

class KernelConfinement final : public cell::Confinement {
 public:
  Result<isolation::LockedMemory> LockMemory(std::uint64_t pool_bytes) override {
    return isolation::LockMemory(pool_bytes);
  }

  Status DropPrivileges() override { return isolation::EnterOwnUserNamespace(); }

  Status LockDownForLoading(isolation::Purpose purpose) override { return isolation::LockDownForLoading(purpose); }

  Status LockDown(isolation::Purpose purpose) override { return isolation::LockDown(purpose); }
};

}  // namespace

int main(int count, char** values) {
  const auto arguments = cell::ParseArguments(count, values);
  if (!arguments) {
    const std::string_view usage = arguments.error().where();
    if (write(STDERR_FILENO, usage.data(), usage.size()) < 0) return 2;
    return 2;
  }
  KernelConfinement confinement;
  gate::Channel control{gate::Descriptor(isolation::kControlDescriptor)};
  const int status = cell::RunCell(*arguments, {}, std::move(control), confinement);
  // Without the destructors of statics: the engine's would run while its own threads may still end.
  _exit(status);
}
