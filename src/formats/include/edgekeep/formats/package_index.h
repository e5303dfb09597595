// The package index: what is inside a model package, first thing in the plaintext (spec/package.md).
#pragma once
#include <cstdint>
#include <string_view>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/inline_vector.h"

namespace edgekeep::formats {

// Plaintext of a package: u32 little-endian index size, index, zeros to a multiple of 64, then each file from a
// multiple of 64 on, zeros between, ending with the last file's last byte.
inline constexpr std::size_t kPackageAlignment = 64;
inline constexpr std::size_t kMaxPackageFiles = 64;
inline constexpr std::size_t kMaxIndexSize = 32768;

enum class FileRole : std::uint8_t { kModel = 1, kSide = 2 };

// `path` is relative, of [A-Za-z0-9._-] parts joined by "/", no part "." or "..", at most 255 bytes, unique.
struct PackageFile {
  std::string_view path;
  FileRole role = FileRole::kSide;
  std::uint64_t offset = 0;  // from the start of the plaintext
  std::uint64_t size = 0;
};

// Exactly one file has the role kModel, and it comes first.
using PackageIndex = InlineVector<PackageFile, kMaxPackageFiles>;

// True when `path` has the form that PackageFile::path demands.
bool IsPackagePath(std::string_view path);

// Decodes the index and checks that files neither overlap nor leave `plaintext_size`. Views borrow from `bytes`.
Result<PackageIndex> DecodePackageIndex(ByteView bytes, std::uint64_t plaintext_size);
Status EncodePackageIndex(const PackageIndex& index, CborWriter& out);

// Sets the offsets of `index` (paths, roles and sizes given) and returns the plaintext's size; kTooLarge, kMalformed.
Result<std::uint64_t> LayOutPackage(PackageIndex& index);

}  // namespace edgekeep::formats
