// NumPy's .npy files (numpy.lib.format), versions 1 to 3.
#pragma once
#include <string>

#include "edgekeep/base/bytes.h"
#include "outcome.h"
#include "tensor.h"

namespace edgekeep::cli::device {

// Decodes a whole .npy file: little-endian, row-major, of a type that a model can take. Fails with kMalformed,
// kUnsupported (byte order, column-major, type) or kTooLarge (rank).
Result<Tensor> DecodeNpy(ByteView file);
// Encodes as version 1.0, data aligned to 64 bytes. Types that NumPy does not know are written as the bits they are
// (NpyType). Requires a type with whole bytes for each element.
std::vector<std::uint8_t> EncodeNpy(ek_element_type type, std::span<const std::int64_t> shape, ByteView data);

// Reads a file of at most 1 GiB, the largest that a ring can carry.
Outcome<Tensor> ReadNpy(const std::string& path);

}  // namespace edgekeep::cli::device
