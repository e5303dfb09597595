#include "edgekeep/isolation/process/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>

namespace edgekeep::isolation {
namespace {

constexpr std::size_t kMost = 8;

}  // namespace

Status KeepOnly(std::span<const int> kept) {
  if (kept.size() > kMost) return Error(ErrorCode::kBadArgument, "descriptors");
  // First out of the way of one another: any of them may lie where another one belongs.
  std::array<int, kMost> aside{};
  for (std::size_t i = 0; i < kept.size(); ++i) {
    aside[i] = fcntl(kept[i], F_DUPFD_CLOEXEC, static_cast<int>(kMost));
    if (aside[i] < 0) return Error(ErrorCode::kIo, "descriptors");
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (dup2(aside[i], static_cast<int>(i)) < 0) return Error(ErrorCode::kIo, "descriptors");
  }
  if (close_range(static_cast<unsigned>(kept.size()), ~0U, 0) != 0) return Error(ErrorCode::kIo, "descriptors");
  return {};
}

}  // namespace edgekeep::isolation
