// The layers a cell puts round itself, in the order it does so.
#pragma once
#include "edgekeep/isolation/process/memory_lock.h"
#include "edgekeep/isolation/process/purpose.h"

namespace edgekeep::cell {

class Confinement {
 public:
  virtual ~Confinement() = default;
  virtual Result<isolation::LockedMemory> LockMemory(std::uint64_t pool_bytes) = 0;
  // Gives the last privilege up, for good.
  virtual Status DropPrivileges() = 0;
  // After this, nothing but what a cell and the loading of its engine need is possible.
  virtual Status LockDownForLoading(isolation::Purpose purpose) = 0;
  // After this, nothing but what a cell needs is possible. Threads may be started only now.
  virtual Status LockDown(isolation::Purpose purpose) = 0;
};

}  // namespace edgekeep::cell
