#include "edgekeep/base/strings.h"

#include <limits>

#include "edgekeep/base/check.h"

namespace edgekeep {
namespace {

constexpr std::size_t kNumberSize = sizeof(std::uint32_t);

// Each byte is loaded once: a second look could see what the first did not.
std::uint32_t LoadOnce(const std::uint8_t* bytes) {
  std::uint32_t number = 0;
  for (unsigned i = 0; i < kNumberSize; ++i) {
    number |= std::uint32_t{__atomic_load_n(bytes + i, __ATOMIC_RELAXED)} << (8 * i);
  }
  return number;
}

void Store(std::uint32_t number, std::uint8_t* bytes) {
  for (unsigned i = 0; i < kNumberSize; ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
}

Error Malformed() {
  return Error(ErrorCode::kMalformed, "strings of a tensor");
}

}  // namespace

Result<std::size_t> StringsSize(std::size_t count, std::uint64_t content) {
  const bool fits = count <= kMaxStrings && content <= std::numeric_limits<std::uint32_t>::max();
  if (!fits) return Error(ErrorCode::kTooLarge, "strings of a tensor");
  return count * kNumberSize + static_cast<std::size_t>(content);
}

Status CheckStrings(ByteView bytes, std::size_t count) {
  if (count > bytes.size() / kNumberSize) return Malformed();
  std::uint32_t end = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t next = LoadOnce(bytes.data() + i * kNumberSize);
    if (next < end) return Malformed();
    end = next;
  }
  if (end != bytes.size() - count * kNumberSize) return Malformed();
  return {};
}

Result<ByteView> StringAt(ByteView bytes, std::size_t count, std::size_t index) {
  if (index >= count || count > bytes.size() / kNumberSize) return Malformed();
  const std::uint8_t* const numbers = bytes.data();
  const std::uint32_t begin = index == 0 ? 0 : LoadOnce(numbers + (index - 1) * kNumberSize);
  const std::uint32_t end = LoadOnce(numbers + index * kNumberSize);
  const ByteView content = bytes.subspan(count * kNumberSize);
  if (begin > end || end > content.size()) return Malformed();
  return content.subspan(begin, end - begin);
}

Result<MutableByteView> StringWriter::Append(std::size_t size) {
  if (next_ > out_.size() || size > out_.size() - next_) return Error(ErrorCode::kTooLarge, "strings of a tensor");
  const MutableByteView room = out_.subspan(next_, size);
  next_ += size;
  end_ += size;
  EK_CHECK(end_ <= std::numeric_limits<std::uint32_t>::max());
  Store(static_cast<std::uint32_t>(end_), out_.data() + index_ * kNumberSize);
  ++index_;
  return room;
}

}  // namespace edgekeep
