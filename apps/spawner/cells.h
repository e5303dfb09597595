// The cells that run, one for each cell user at most.
#pragma once
#include <array>
#include <span>

#include "children.h"

namespace edgekeep::spawner {

class Cells {
 public:
  explicit Cells(const Settings& settings) noexcept : settings_(&settings) {}

  struct Started {
    isolation::CellNumber number = 0;
    gate::Descriptor control;
  };

  // Fails with kBusy when every cell user that is there for this purpose has a cell, kNoMemory when the machine does
  // not have that much.
  Result<Started> Start(const isolation::StartCell& order);
  void Kill(isolation::CellNumber number) noexcept;
  // Ends all; they are not reported as ended by TakeEnded any more.
  void Abandon() noexcept;
  bool any() const noexcept;
  // The number of the cell that was process `pid`; 0 when it was none or nobody is to be told. Frees its user.
  isolation::CellNumber TakeEnded(pid_t pid) noexcept;

 private:
  struct Place {
    pid_t pid = 0;
    isolation::CellNumber number = 0;
  };

  std::span<Place> PlacesFor(isolation::Purpose purpose) noexcept;

  const Settings* settings_;
  std::array<Place, kCellUsers> places_{};
  isolation::CellNumber last_number_ = 0;
};

}  // namespace edgekeep::spawner
