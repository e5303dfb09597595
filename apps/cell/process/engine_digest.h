// What names an engine's library: its SHA-256.
#pragma once
#include <optional>

#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/gate/posix/descriptor.h"

namespace edgekeep::cell {

// Reads all of `library`, from its beginning. Fails with kIo.
Result<Digest> MeasureEngine(const crypto::Provider& provider, const gate::Descriptor& library);

// True when nobody can change the file any more, whoever holds it: memory sealed against writing and resizing
// (memfd_create(2), F_ADD_SEALS).
bool IsSealed(const gate::Descriptor& file);

// The digest of `library`: `told` where the file is sealed, and so is still what was measured; measured here otherwise.
// Fails with kIo.
Result<Digest> DigestOf(const crypto::Provider& provider, const gate::Descriptor& library,
                        const std::optional<Digest>& told);

}  // namespace edgekeep::cell
