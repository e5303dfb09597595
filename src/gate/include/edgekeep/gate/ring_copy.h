// Copying tensors into a ring, for the other side to read.
#pragma once
#include "edgekeep/base/bytes.h"

namespace edgekeep::gate {

// `to` has the size of `from`; the two do not overlap. Whoever is told of it afterwards, by a word of the ring, sees
// all of it.
void CopyIntoRing(ByteView from, MutableByteView to) noexcept;

}  // namespace edgekeep::gate
