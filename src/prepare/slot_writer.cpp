#include "slot_writer.h"

namespace edgekeep::prepare {

Result<sealing::SlotFileDigests> WriteAndReadBack(const Parts& parts, const formats::SlotFileHeader& header,
                                                  ByteView plaintext, const SlotFileTarget& target) {
  EK_TRY_ASSIGN(const sealing::SlotFileDigests digests,
                sealing::WriteSlotFile(parts.provider, {header, target.key, plaintext}, parts.workers, target.file));
  EK_TRY(target.file.MakeDurable());
  const sealing::SlotFileTrust trust{target.key, digests.header_digest, digests.tags_digest};
  if (!sealing::CheckSlotFile(parts.provider, target.file, trust, parts.workers)) {
    return Error(ErrorCode::kIo, "slot file reads back differently");
  }
  return digests;
}

}  // namespace edgekeep::prepare
