#include "edgekeep/base/bytes.h"

#include <algorithm>
#include <new>

#include "edgekeep/base/check.h"

namespace edgekeep {

bool Equal(ByteView a, ByteView b) noexcept {
  return std::ranges::equal(a, b);
}

Result<Bytes> Bytes::Allocate(std::size_t size) {
  std::unique_ptr<std::uint8_t[]> data(new (std::nothrow) std::uint8_t[size]());
  if (!data) return Error(ErrorCode::kNoMemory, "buffer");
  return Bytes(std::move(data), size);
}

Result<Bytes> Bytes::Copy(ByteView bytes) {
  EK_TRY_ASSIGN(Bytes copy, Allocate(bytes.size()));
  std::ranges::copy(bytes, copy.mutable_view().begin());
  return copy;
}

void Bytes::Truncate(std::size_t new_size) noexcept {
  EK_CHECK(new_size <= size_);
  size_ = new_size;
}

}  // namespace edgekeep
