// What applications say to the keep over app.sock (spec/gate.md §4).
#pragma once
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/gate/tensor.h"

namespace edgekeep::gate {

// kOpenModel. The answer carries two descriptors: the ring's memory (ring.h) and a socket that lives as long as the
// session: closing it closes the session, and its end tells that the cell ended.
struct OpenModelRequest {
  ProductName product;
  std::uint64_t ring_bytes = 0;  // room for one call's inputs and outputs; 0: the keep's default
  std::uint32_t threads = 0;     // 0: the keep's default
  std::uint32_t calls = 0;       // how many may be under way at a time, at most kMaxSlots; 0: one
};

inline constexpr std::size_t kMaxFeatures = 16;
// What the licence names, at most 32 characters each.
using Features = InlineVector<InlineString<32>, kMaxFeatures>;

struct OpenModelAnswer {
  Version version;
  ModelInfo model;
  std::uint64_t ring_bytes = 0;  // of the whole memory
  std::uint8_t provider = 0;     // formats::ExecutionProvider that the cell computes on
  Features features;
};

Result<OpenModelRequest> DecodeOpenModelRequest(ByteView body);
Status EncodeOpenModelRequest(const OpenModelRequest& request, CborWriter& out);
Result<OpenModelAnswer> DecodeOpenModelAnswer(ByteView body);
Status EncodeOpenModelAnswer(const OpenModelAnswer& answer, CborWriter& out);

}  // namespace edgekeep::gate
