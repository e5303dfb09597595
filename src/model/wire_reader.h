// WireReader: the fields of one protobuf message (protobuf encoding guide, "Message Structure"), never past its end.
#pragma once
#include <cstdint>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::model {

enum class WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// One field. `bytes` borrows from the message and is what a kBytes field holds; `value` is what any other holds.
struct Field {
  std::uint32_t number = 0;
  WireType type = WireType::kVarint;
  std::uint64_t value = 0;
  ByteView bytes;

  // Fail with kModelRefused when the field is encoded as something else.
  Result<std::uint64_t> Varint() const;
  Result<ByteView> Message() const;
  Result<std::string_view> Text() const;
};

// Refuses with kModelRefused: truncation, groups, field number 0, varints over 64 bits, field heads over 32 bits. What
// another reader could take for a different message is refused here, because ONNX Runtime reads the same bytes again.
class WireReader {
 public:
  WireReader() = default;

  explicit WireReader(ByteView message) noexcept : rest_(message) {}

  bool at_end() const noexcept { return rest_.empty(); }

  Result<Field> Next();
  // For packed repeated numbers.
  Result<std::uint64_t> NextVarint();

 private:
  Result<ByteView> Take(std::uint64_t count);

  ByteView rest_;
};

}  // namespace edgekeep::model
