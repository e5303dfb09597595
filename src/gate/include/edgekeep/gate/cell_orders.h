// What the keep orders a cell to do, over the cell's own control socket (spec/gate.md §6). Bodies hold keys: whoever
// encodes or decodes one wipes the buffer.
#pragma once
#include <optional>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/gate/policy_bytes.h"
#include "edgekeep/gate/tensor.h"

namespace edgekeep::gate {

using EngineKeyText = InlineString<128>;

// kCellHello, from the cell, once it has confined itself and loaded the engine.
struct CellHello {
  EngineKeyText engine_key;
  InlineString<32> memory_locking;  // "all" or "pool"
};

// One slot file to read. Header bytes are read from the file and must have `header_digest`.
struct SlotFileInput {
  SecretArray<32> key;
  Digest header_digest;
  Digest tags_digest;
};

// kServeModel. Descriptor: slot file. Sessions are added after it (cell_sessions.h).
struct ServeModelOrder {
  SlotFileInput file;
  bool prepared = false;  // false: a canonical package
  std::uint32_t threads = 1;
  PolicyBytes policy;
};

// Answer to kServeModel: how the model is run, of what its policy left open.
struct ServeModelAnswer {
  ModelInfo model;
  std::uint8_t provider = 0;        // formats::ExecutionProvider
  bool processors_ignored = false;  // the device has none of those the policy names
};

// What a slot file to write says about itself.
struct SlotFileOutput {
  SecretArray<32> key;
  std::uint8_t kind = 0;  // formats::SlotFileKind
};

// kInstallPackage. Descriptors: sealed file (read), canonical slot file (write), prepared slot file (write).
struct InstallPackageOrder {
  SecretArray<32> content_key;
  Digest header_digest;  // what the author signed
  Digest tags_digest;
  std::array<std::uint8_t, 32> plaintext_mac{};
  SealedFileId sealed_file;
  SecretArray<32> canonical_key;
  SecretArray<32> prepared_key;
  std::uint16_t seal_suite = 0;  // for the slot files
};

// kPreparePackage: remakes the prepared form. Descriptors: canonical slot file (read), prepared slot file (write).
struct PreparePackageOrder {
  SlotFileInput canonical;
  SecretArray<32> prepared_key;
  std::uint16_t seal_suite = 0;
};

struct WrittenSlotFile {
  Digest header_digest;
  Digest tags_digest;
  std::uint64_t file_size = 0;
};

// Answer to kInstallPackage and kPreparePackage (there, canonical repeats what was read). Files are synced and were
// read back. `prepared` is absent when the engine has no prepared form for this model.
struct PreparedAnswer {
  WrittenSlotFile canonical;
  std::optional<WrittenSlotFile> prepared;
  EngineKeyText engine_key;
  ModelInfo model;
};

Result<CellHello> DecodeCellHello(ByteView body);
Status EncodeCellHello(const CellHello& hello, CborWriter& out);
Result<ServeModelOrder> DecodeServeModelOrder(ByteView body);
Status EncodeServeModelOrder(const ServeModelOrder& order, CborWriter& out);
Result<ServeModelAnswer> DecodeServeModelAnswer(ByteView body);
Status EncodeServeModelAnswer(const ServeModelAnswer& answer, CborWriter& out);
Result<InstallPackageOrder> DecodeInstallPackageOrder(ByteView body);
Status EncodeInstallPackageOrder(const InstallPackageOrder& order, CborWriter& out);
Result<PreparePackageOrder> DecodePreparePackageOrder(ByteView body);
Status EncodePreparePackageOrder(const PreparePackageOrder& order, CborWriter& out);
Result<PreparedAnswer> DecodePreparedAnswer(ByteView body);
Status EncodePreparedAnswer(const PreparedAnswer& answer, CborWriter& out);

}  // namespace edgekeep::gate
