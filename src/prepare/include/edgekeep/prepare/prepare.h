// The inside of an install cell: a sealed package becomes this device's slot files.
#pragma once
#include <optional>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/engine/engine.h"
#include "edgekeep/formats/slot_file.h"
#include "edgekeep/sealing/byte_file.h"
#include "edgekeep/sealing/sealed_package.h"
#include "edgekeep/sealing/slot_file.h"

namespace edgekeep::prepare {

// What an install cell works with; all of it outlives the call.
struct Parts {
  const crypto::Provider& provider;
  engine::Engine& engine;
  sealing::Workers& workers;
  MutableByteView memory;  // locked, 64-byte aligned; holds a package's plaintext during the call, zeros after it
  formats::EngineKey engine_key;  // of the engine here
};

// A slot file being made.
class SlotFileInMaking : public sealing::ByteSource, public sealing::ByteSink {
 public:
  // Makes what was written durable, and lets what is read next come from the disk where the system allows it. Fails
  // with kNoSpace, kIo.
  virtual Status MakeDurable() = 0;
  // Cuts the file to nothing.
  virtual Status Discard() = 0;
};

// Where one slot file goes, and the fresh key that seals it.
struct SlotFileTarget {
  SlotFileInMaking& file;
  const SecretArray<32>& key;
};

// What the device says about the package; the rest of a slot file's header comes from the sealed file.
struct Install {
  sealing::SealedFileTrust trust;
  SealedFileId sealed_file;
  std::uint16_t seal_suite = 0;  // for the slot files
};

// What was made. `prepared` is absent when the engine has no prepared form for this model, or one that fails its check.
struct PreparedPackage {
  sealing::SlotFileDigests canonical;
  std::optional<sealing::SlotFileDigests> prepared;
  engine::TensorInfos inputs;
  engine::TensorInfos outputs;
};

// Opens the sealed file and checks all of it before a byte is written: digests, MAC, package index, model (module
// model). Then writes the canonical slot file and, where there is one, the prepared form, each synced and read back.
// Fails with what sealing::OpenSealedFile says; kMalformed (package), kModelRefused (model), kUnsupported (no model
// package), kNoSpace, kReadOnly, kIo, kNoMemory. What a failure leaves in the targets is never a file that opens as
// something else.
Result<PreparedPackage> InstallPackage(const Parts& parts, const sealing::ByteSource& sealed_file,
                                       const Install& install, const SlotFileTarget& canonical,
                                       const SlotFileTarget& prepared);

// A canonical slot file to read.
struct CanonicalInput {
  const sealing::ByteSource& file;
  sealing::SlotFileTrust trust;
  std::uint16_t seal_suite = 0;  // for the prepared form
};

// Makes the prepared form anew, for another engine or CPU. Fails as InstallPackage does; kDenied when the file is not a
// canonical one.
Result<PreparedPackage> PreparePackage(const Parts& parts, const CanonicalInput& canonical,
                                       const SlotFileTarget& prepared);

}  // namespace edgekeep::prepare
