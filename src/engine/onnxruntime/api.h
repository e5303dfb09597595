// ONNX Runtime's C interface with owners and Status.
#pragma once
#include <onnxruntime_c_api.h>

#include <memory>

#include "edgekeep/base/result.h"

namespace edgekeep::engine {

// Releases what the C interface made, by the function it names for that.
template <typename T>
class Releaser {
 public:
  Releaser() = default;

  explicit Releaser(void(ORT_API_CALL* release)(T*)) noexcept : release_(release) {}

  void operator()(T* object) const noexcept { release_(object); }

 private:
  void(ORT_API_CALL* release_)(T*) = nullptr;
};

template <typename T>
using Handle = std::unique_ptr<T, Releaser<T>>;

// Takes `made` over.
template <typename T>
Handle<T> Own(T* made, void(ORT_API_CALL* release)(T*)) {
  return Handle<T>(made, Releaser<T>(release));
}

// Ends `status` and fails with kModelRefused and `where` if it is an error. Its message is dropped: it may quote the
// model.
Status Check(const OrtApi& api, OrtStatus* status, const char* where);

// As Check; what the caller handed in wrongly is kBadTensor.
Status CheckRun(const OrtApi& api, OrtStatus* status, const char* where);

}  // namespace edgekeep::engine
