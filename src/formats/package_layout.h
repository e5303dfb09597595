// Which files may be together in a package, and where they stand in its plaintext (spec/package.md §2, §3).
#pragma once
#include "edgekeep/formats/package_index.h"

namespace edgekeep::formats {

// Everything about an index but its offsets.
Status CheckPackage(const PackageIndex& index);

// Fails with kMalformed unless every offset is the one that follows from an encoded index of `index_size` bytes.
// Requires CheckPackage. Returns the plaintext's size.
Result<std::uint64_t> CheckOffsets(const PackageIndex& index, std::size_t index_size);

// The number of bytes EncodePackageIndex writes.
std::size_t EncodedIndexSize(const PackageIndex& index);

}  // namespace edgekeep::formats
