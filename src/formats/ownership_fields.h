// An ownership in device requests and orders: [changes, authority], of a damaged record [record].
#pragma once
#include "edgekeep/formats/ownership.h"
#include "evidence_parts.h"

namespace edgekeep::formats {

inline Result<Ownership> ReadOwnership(CborReader& in) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  if (count != 1 && count != 2) return Malformed("ownership");
  Ownership ownership;
  if (count == 2) {
    EK_TRY_ASSIGN(ownership.changes, in.ReadUnsigned());
  }
  EK_TRY_ASSIGN(ownership.of, ReadId<Digest>(in));
  return ownership;
}

inline Status WriteOwnership(const Ownership& ownership, CborWriter& out) {
  EK_TRY(out.Array(ownership.changes ? 2 : 1));
  if (ownership.changes) EK_TRY(out.Unsigned(*ownership.changes));
  return out.ByteString(ownership.of.view());
}

}  // namespace edgekeep::formats
