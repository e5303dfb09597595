#include "edgekeep/prepare/prepare.h"

#include "checked_package.h"
#include "in_place.h"
#include "prepared_form.h"
#include "slot_writer.h"

namespace edgekeep::prepare {
namespace {

// Wipes memory when the work on it ends, however it ends.
class WipedAtEnd {
 public:
  explicit WipedAtEnd(MutableByteView memory) noexcept : memory_(memory) {}

  WipedAtEnd(const WipedAtEnd&) = delete;
  WipedAtEnd& operator=(const WipedAtEnd&) = delete;

  ~WipedAtEnd() { Wipe(memory_); }

 private:
  MutableByteView memory_;
};

// Writes `form` if there is one. `header` is the canonical file's.
Result<PreparedPackage> WritePreparedForm(const Parts& parts, const PreparedForm& form, formats::SlotFileHeader header,
                                          const SlotFileTarget& target) {
  PreparedPackage made{.inputs = form.inputs, .outputs = form.outputs};
  if (!form.prepared) {
    EK_TRY(target.file.Discard());
    return made;
  }
  header.kind = formats::SlotFileKind::kPrepared;
  header.engine_key = parts.engine_key;
  EK_TRY_ASSIGN(made.prepared, WriteAndReadBack(parts, header, form.prepared->Reveal(), target));
  return made;
}

formats::SlotFileHeader CanonicalHeader(const sealing::OpenedPackage& opened, const Install& install) {
  formats::SlotFileHeader header;
  header.kind = formats::SlotFileKind::kCanonical;
  header.product = opened.product;
  header.sequence = opened.sequence;
  header.sealed_file = install.sealed_file;
  header.seal_suite = install.seal_suite;
  return header;
}

}  // namespace

Result<PreparedPackage> InstallPackage(const Parts& parts, const sealing::ByteSource& sealed_file,
                                       const Install& install, const SlotFileTarget& canonical,
                                       const SlotFileTarget& prepared) {
  EK_TRY_ASSIGN(const sealing::OpenedPackage opened,
                sealing::OpenSealedFile(parts.provider, sealed_file, install.trust, parts.workers, parts.memory));
  const MutableByteView plaintext = parts.memory.first(static_cast<std::size_t>(opened.plaintext_size));
  const WipedAtEnd wiped(plaintext);
  if (opened.kind != formats::SealedKind::kModel) return Error(ErrorCode::kUnsupported, "not a model package");
  EK_TRY_ASSIGN(const engine::Package package, ViewCheckedPackage(plaintext));
  EK_TRY_ASSIGN(const PreparedForm form, MakePreparedForm(parts.engine, package));
  formats::SlotFileHeader header = CanonicalHeader(opened, install);
  EK_TRY_ASSIGN(header.in_place_inputs, InPlaceInputs(package, form.inputs));
  EK_TRY_ASSIGN(const sealing::SlotFileDigests digests, WriteAndReadBack(parts, header, plaintext, canonical));
  EK_TRY_ASSIGN(PreparedPackage made, WritePreparedForm(parts, form, header, prepared));
  made.canonical = digests;
  return made;
}

Result<PreparedPackage> PreparePackage(const Parts& parts, const CanonicalInput& canonical,
                                       const SlotFileTarget& prepared) {
  EK_TRY_ASSIGN(formats::SlotFileHeader header,
                sealing::OpenSlotFile(parts.provider, canonical.file, canonical.trust, parts.workers, parts.memory));
  const MutableByteView plaintext = parts.memory.first(static_cast<std::size_t>(header.plaintext_size));
  const WipedAtEnd wiped(plaintext);
  if (header.kind != formats::SlotFileKind::kCanonical) return Error(ErrorCode::kDenied, "kind of slot file");
  EK_TRY_ASSIGN(const engine::Package package, ViewCheckedPackage(plaintext));
  EK_TRY_ASSIGN(const PreparedForm form, MakePreparedForm(parts.engine, package));
  header.seal_suite = canonical.seal_suite;
  EK_TRY_ASSIGN(header.in_place_inputs, InPlaceInputs(package, form.inputs));
  EK_TRY_ASSIGN(PreparedPackage made, WritePreparedForm(parts, form, header, prepared));
  made.canonical = {canonical.trust.header_digest, canonical.trust.tags_digest, canonical.file.size()};
  return made;
}

}  // namespace edgekeep::prepare
