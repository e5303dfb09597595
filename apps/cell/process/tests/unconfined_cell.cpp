// The cell's process without confinement: as edgekeep-cell, with a scratch directory as fourth argument. When the cell
// has ended it says so on descriptor 4 and waits there, so that its memory can be looked at.
#include <unistd.h>

#include "cell_process.h"

namespace {

using namespace edgekeep;

class NoConfinement final : public cell::Confinement {
 public:
  Result<isolation::LockedMemory> LockMemory(std::uint64_t pool_bytes) override {
    return isolation::LockMemory(pool_bytes);
  }

  Status DropPrivileges() override { return {}; }

  Status LockDownForLoading(isolation::Purpose) override { return {}; }

  Status LockDown(isolation::Purpose) override { return {}; }
};

}  // namespace

int main(int count, char** values) {
  const auto arguments = cell::ParseArguments(count - 1, values);
  if (!arguments) return 2;
  NoConfinement confinement;
  const cell::Surroundings surroundings{.scratch_directory = values[count - 1]};
  const int status = cell::RunCell(*arguments, surroundings, gate::Channel(gate::Descriptor(3)), confinement);
  char byte = 'e';
  if (write(4, &byte, 1) == 1) static_cast<void>(read(4, &byte, 1) + 1);
  _exit(status);
}
