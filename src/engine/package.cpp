#include "edgekeep/engine/package.h"

#include "edgekeep/base/reader.h"

namespace edgekeep::engine {

Result<Package> ViewPackage(ByteView plaintext) {
  Reader reader(plaintext);
  EK_TRY_ASSIGN(const std::uint32_t index_size, reader.ReadU32LittleEndian());
  EK_TRY_ASSIGN(const ByteView index_bytes, reader.ReadBytes(index_size));
  EK_TRY_ASSIGN(const formats::PackageIndex index, formats::DecodePackageIndex(index_bytes, plaintext.size()));
  Package package;
  for (const formats::PackageFile& file : index) {
    const ByteView bytes =
        plaintext.subspan(static_cast<std::size_t>(file.offset), static_cast<std::size_t>(file.size));
    if (file.role == formats::FileRole::kModel) {
      package.model = bytes;
    } else {
      EK_TRY(package.side_files.PushBack(SideFile{.path = file.path, .bytes = bytes}));
    }
  }
  return package;
}

}  // namespace edgekeep::engine
