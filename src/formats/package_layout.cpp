#include "package_layout.h"

#include "checks.h"
#include "edgekeep/formats/sealed_file.h"

namespace edgekeep::formats {
namespace {

constexpr std::size_t kIndexSizeField = 4;

std::uint64_t AlignUp(std::uint64_t offset) {
  return (offset + kPackageAlignment - 1) / kPackageAlignment * kPackageAlignment;
}

// Bytes of a CBOR head (RFC 8949 §3).
std::size_t HeadSize(std::uint64_t argument) {
  if (argument < 24) return 1;
  if (argument <= 0xFF) return 2;
  if (argument <= 0xFFFF) return 3;
  return argument <= 0xFFFFFFFF ? 5 : 9;
}

// Sets the offsets as they follow from an index of `index_size` bytes, and returns the plaintext's size.
std::uint64_t Place(std::size_t index_size, PackageIndex& index) {
  std::uint64_t end = kIndexSizeField + index_size;
  for (PackageFile& file : index) {
    file.offset = AlignUp(end);
    end = file.offset + file.size;
  }
  return end;
}

}  // namespace

std::size_t EncodedIndexSize(const PackageIndex& index) {
  std::size_t size = HeadSize(index.size());
  for (const PackageFile& file : index) {
    constexpr std::size_t kMapHeadKeysAndRole = 1 + 4 + 1;
    size += kMapHeadKeysAndRole + HeadSize(file.path.size()) + file.path.size();
    size += HeadSize(file.offset) + HeadSize(file.size);
  }
  return size;
}

Result<std::uint64_t> CheckOffsets(const PackageIndex& index, std::size_t index_size) {
  std::uint64_t end = kIndexSizeField + index_size;
  for (const PackageFile& file : index) {
    if (file.offset != AlignUp(end)) return Malformed("package: offset");
    end = file.offset + file.size;
  }
  return end;
}

Result<std::uint64_t> LayOutPackage(PackageIndex& index) {
  EK_TRY(CheckPackage(index));
  for (PackageFile& file : index) file.offset = 0;
  std::uint64_t plaintext_size = 0;
  std::size_t index_size = 0;
  // Larger offsets may take longer heads, which move the files on: sizes only grow, so this ends.
  while (index_size != EncodedIndexSize(index)) {
    index_size = EncodedIndexSize(index);
    plaintext_size = Place(index_size, index);
  }
  if (index_size > kMaxIndexSize || plaintext_size > kMaxPlaintextSize)
    return Error(ErrorCode::kTooLarge, "package: files");
  return plaintext_size;
}

}  // namespace edgekeep::formats
