// The inside of an exporting cell: one canonical slot file opened into locked memory, some of its files written out.
#pragma once
#include <span>

#include "edgekeep/base/bytes.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/gate/export.h"
#include "edgekeep/sealing/byte_file.h"

namespace edgekeep::cell {

// What it works with.
struct ExportParts {
  const crypto::Provider& provider;
  sealing::Workers& workers;
  MutableByteView memory;  // locked; holds nothing of the plaintext when the export is over
};

// Writes each of `order.files` to the file of `out` at its place. Fails as sealing::OpenSlotFile does, with kDenied for
// a slot file that is not canonical, before a byte is written; with kNotFound for a path the package has not; as `out`
// does.
Status ExportPackage(const ExportParts& parts, const sealing::ByteSource& file, const gate::ExportPackageOrder& order,
                     std::span<sealing::ByteSink* const> out);

}  // namespace edgekeep::cell
