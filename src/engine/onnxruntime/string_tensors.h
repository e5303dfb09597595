// Tensors of strings, between ONNX Runtime's objects and bytes (base/strings.h). They are always copied.
#pragma once
#include "api.h"
#include "edgekeep/engine/engine.h"

namespace edgekeep::engine {

// Fails with kBadTensor where `input`, which is of strings, holds other ones than its shape says, or more than
// kMaxStrings.
Result<Handle<OrtValue>> MakeStringTensor(const OrtApi& api, const InputTensor& input);

// Reads the strings of a tensor with `count` elements. Fails with kTooLarge beyond what StringsSize allows, kNoMemory.
Result<SecretBytes> ReadStringTensor(const OrtApi& api, const OrtValue& value, std::size_t count);

}  // namespace edgekeep::engine
