#include "edgekeep/formats/package_index.h"

#include <algorithm>

#include "edgekeep/formats/sealed_file.h"
#include "fields.h"
#include "package_layout.h"
#include "preamble.h"

namespace edgekeep::formats {
namespace {

// True when one path is the other, or a directory on the way to it: both cannot be files of one tree.
bool Collide(std::string_view a, std::string_view b) {
  const std::string_view& shorter = a.size() < b.size() ? a : b;
  const std::string_view& longer = a.size() < b.size() ? b : a;
  return longer.starts_with(shorter) && (longer.size() == shorter.size() || longer[shorter.size()] == '/');
}

Status CheckPaths(const PackageIndex& index) {
  for (const PackageFile& file : index) {
    if (!IsPackagePath(file.path)) return Malformed("package: path");
    const auto collides = [&](const PackageFile& other) { return Collide(other.path, file.path); };
    if (std::ranges::count_if(index, collides) != 1) return Malformed("package: two files cannot have these paths");
  }
  return {};
}

Status CheckRoles(const PackageIndex& index) {
  if (index.empty()) return Malformed("package: no file");
  for (const PackageFile& file : index) {
    EK_TRY(CheckEnum(file.role, FileRole::kSide));
    const bool is_first = &file == index.begin();
    if ((file.role == FileRole::kModel) != is_first) return Malformed("package: exactly the first file is the model");
  }
  if (index[0].size == 0) return Malformed("package: empty model");
  return {};
}

Status CheckSizes(const PackageIndex& index) {
  std::uint64_t left = kMaxPlaintextSize;
  for (const PackageFile& file : index) {
    if (file.size > left) return Error(ErrorCode::kTooLarge, "package: files");
    left -= file.size;
  }
  return {};
}

Result<PackageFile> ReadFile(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  PackageFile file;
  EK_TRY_ASSIGN(file.path, fields.Text(1));
  EK_TRY_ASSIGN(file.role, fields.EnumOf<FileRole>(2));
  EK_TRY_ASSIGN(file.offset, fields.Unsigned<std::uint64_t>(3));
  EK_TRY_ASSIGN(file.size, fields.Unsigned<std::uint64_t>(4));
  EK_TRY(fields.End());
  return file;
}

Status WriteFile(const PackageFile& file, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 4));
  EK_TRY(fields.Text(1, file.path));
  EK_TRY(fields.Unsigned(2, std::to_underlying(file.role)));
  EK_TRY(fields.Unsigned(3, file.offset));
  return fields.Unsigned(4, file.size);
}

}  // namespace

Status CheckPackage(const PackageIndex& index) {
  EK_TRY(CheckRoles(index));
  EK_TRY(CheckPaths(index));
  return CheckSizes(index);
}

Result<PackageIndex> DecodePackageIndex(ByteView bytes, std::uint64_t plaintext_size) {
  EK_TRY(CheckLimit(bytes, kMaxIndexSize));
  EK_TRY(CheckPlaintextSize(plaintext_size));
  CborReader in(bytes);
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  PackageIndex index;
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const PackageFile file, ReadFile(in));
    EK_TRY(index.PushBack(file));
  }
  EK_TRY(in.ExpectEnd());
  EK_TRY(CheckPackage(index));
  EK_TRY_ASSIGN(const std::uint64_t end, CheckOffsets(index, bytes.size()));
  if (end != plaintext_size) return Malformed("package: files do not end where the plaintext ends");
  return index;
}

Status EncodePackageIndex(const PackageIndex& index, CborWriter& out) {
  EK_TRY(CheckPackage(index));
  EK_TRY(CheckOffsets(index, EncodedIndexSize(index)));
  EK_TRY(out.Array(index.size()));
  for (const PackageFile& file : index) EK_TRY(WriteFile(file, out));
  return {};
}

}  // namespace edgekeep::formats
