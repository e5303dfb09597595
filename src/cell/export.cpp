#include "edgekeep/cell/export.h"

#include <algorithm>

#include "edgekeep/engine/package.h"
#include "edgekeep/sealing/slot_file.h"

namespace edgekeep::cell {
namespace {

// Plaintext that is wiped when this ends.
class Plaintext {
 public:
  explicit Plaintext(MutableByteView bytes) noexcept : bytes_(bytes) {}

  Plaintext(const Plaintext&) = delete;
  Plaintext& operator=(const Plaintext&) = delete;

  ~Plaintext() { Wipe(bytes_); }

  ByteView view() const noexcept { return bytes_; }

 private:
  MutableByteView bytes_;
};

Result<ByteView> Find(const engine::Package& package, std::string_view path) {
  if (path.empty()) return package.model;
  const auto file = std::ranges::find(package.side_files, path, &engine::SideFile::path);
  if (file == package.side_files.end()) return Error(ErrorCode::kNotFound, "package: no such file");
  return file->bytes;
}

using Found = InlineVector<ByteView, gate::kMaxExportedFiles>;

// All of them, or none is written.
Result<Found> FindAll(const engine::Package& package, const gate::ExportedFiles& paths) {
  Found found;
  for (const auto& path : paths) {
    EK_TRY_ASSIGN(const ByteView bytes, Find(package, path.view()));
    EK_TRY(found.PushBack(bytes));
  }
  return found;
}

}  // namespace

Status ExportPackage(const ExportParts& parts, const sealing::ByteSource& file, const gate::ExportPackageOrder& order,
                     std::span<sealing::ByteSink* const> out) {
  if (out.size() != order.files.size()) return Error(ErrorCode::kMalformed, "export: files to write");
  const sealing::SlotFileTrust trust{order.canonical.key, order.canonical.header_digest, order.canonical.tags_digest};
  EK_TRY_ASSIGN(const formats::SlotFileHeader header,
                sealing::OpenSlotFile(parts.provider, file, trust, parts.workers, parts.memory));
  const Plaintext plaintext(parts.memory.first(static_cast<std::size_t>(header.plaintext_size)));
  if (header.kind != formats::SlotFileKind::kCanonical) return Error(ErrorCode::kDenied, "kind of slot file");
  EK_TRY_ASSIGN(const engine::Package package, engine::ViewPackage(plaintext.view()));
  EK_TRY_ASSIGN(const Found found, FindAll(package, order.files));
  for (std::size_t i = 0; i < found.size(); ++i) EK_TRY(out[i]->WriteAt(0, found[i]));
  return {};
}

}  // namespace edgekeep::cell
