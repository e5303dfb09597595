// Writing a slot file so that it is on the disk as it should be.
#pragma once
#include "edgekeep/prepare/prepare.h"

namespace edgekeep::prepare {

// Seals `plaintext` into the target, makes it durable, and reads it back. Fails with kIo when what comes back differs.
Result<sealing::SlotFileDigests> WriteAndReadBack(const Parts& parts, const formats::SlotFileHeader& header,
                                                  ByteView plaintext, const SlotFileTarget& target);

}  // namespace edgekeep::prepare
