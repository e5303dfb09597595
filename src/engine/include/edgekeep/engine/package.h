// A package's plaintext as an engine takes it: the model and the files beside it.
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/base/result.h"
#include "edgekeep/engine/engine.h"
#include "edgekeep/formats/package_index.h"

namespace edgekeep::engine {

// Views borrow from the plaintext.
struct Package {
  ByteView model;
  InlineVector<SideFile, formats::kMaxPackageFiles> side_files;
};

// Fails with kMalformed when the plaintext does not begin with an index that fits it (spec/package.md).
Result<Package> ViewPackage(ByteView plaintext);

}  // namespace edgekeep::engine
