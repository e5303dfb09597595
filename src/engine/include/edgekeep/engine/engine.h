// Engine: what a cell needs from an inference engine, and nothing more.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/inline_string.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/base/result.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/formats/product_policy.h"

namespace edgekeep::engine {

inline constexpr std::size_t kMaxRank = 8;
inline constexpr std::size_t kMaxTensors = 32;

// Element types by ONNX's numbers (onnx.proto TensorProto.DataType), as gate::ElementType has them.
using ElementType = std::uint8_t;

using Shape = InlineVector<std::int64_t, kMaxRank>;

// -1: free dimension.
struct TensorInfo {
  InlineString<127> name;
  ElementType type = 0;
  Shape shape;
};

using TensorInfos = InlineVector<TensorInfo, kMaxTensors>;

// A tensor to compute with, in the cell's private memory, or where an application can still write, if it was proven to
// reach neither index nor shape (spec/slot-file.md §2): dense, row-major, little-endian; elements of 4 and 2 bits
// from each byte's low bits on; strings as base/strings.h has them.
struct InputTensor {
  std::size_t index = 0;
  ElementType type = 0;
  Shape shape;
  ByteView bytes;
};

// Receives one output, laid out as inputs are; the view lives for the call only.
class OutputSink {
 public:
  virtual ~OutputSink() = default;
  virtual Status Accept(std::size_t index, ElementType type, std::span<const std::int64_t> shape, ByteView bytes) = 0;
};

// A loaded model. One call at a time.
class Session {
 public:
  virtual ~Session() = default;
  virtual const TensorInfos& inputs() const = 0;
  virtual const TensorInfos& outputs() const = 0;
  // Which of Options::providers was taken.
  virtual formats::ExecutionProvider provider() const = 0;
  // Fails with kBadTensor for inputs the model does not take, kNoMemory beyond the memory budget, kModelRefused when
  // the engine fails in the middle.
  virtual Status Run(std::span<const InputTensor> inputs, OutputSink& outputs) = 0;
};

// A file beside the model, by the path the model calls it by.
struct SideFile {
  std::string_view path;
  ByteView bytes;
};

struct Options {
  std::uint32_t threads = 1;
  bool spinning = false;  // threads without work burn a core instead of sleeping
  // What to compute on, the first that is there and takes the model.
  formats::ExecutionProviders providers = formats::CpuAlone();
  // Bytes for what the session computes with beyond the model's own bytes; absent: no bound of the engine's.
  std::optional<std::uint64_t> memory_budget;
};

class Engine {
 public:
  virtual ~Engine() = default;
  // "onnxruntime-1.30.0": name and version of the engine.
  virtual std::string_view version() const = 0;
  // Loads a canonical model (ONNX) from memory. `model` and `side_files` must outlive the session. Fails with
  // kModelRefused, also when none of the providers is there; with kNoMemory beyond the memory budget.
  virtual Result<std::unique_ptr<Session>> LoadCanonical(ByteView model, std::span<const SideFile> side_files,
                                                         const Options& options) = 0;
  // Loads a prepared form in place: the session uses `prepared` (64-byte aligned) as its weights and it must outlive
  // it. Prepared forms are for the CPU: fails with kModelRefused where the providers do not name it.
  virtual Result<std::unique_ptr<Session>> LoadPrepared(ByteView prepared, const Options& options) = 0;
  // Makes the prepared form for this CPU and engine. kUnsupported: this model has none (open the canonical one).
  virtual Result<SecretBytes> Prepare(ByteView model, std::span<const SideFile> side_files) = 0;
};

}  // namespace edgekeep::engine
