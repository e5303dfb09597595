// Handing a package's files out of the trusted domain, where its licence allows that (spec/gate.md §9).
#pragma once
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/gate/cell_orders.h"

namespace edgekeep::gate {

// Files of one request: with the slot file they are as many descriptors as one message carries.
inline constexpr std::size_t kMaxExportedFiles = 3;

// Paths within the package; the empty one is its model, whatever that is called there.
using ExportedFiles = InlineVector<InlineString<255>, kMaxExportedFiles>;

// kExportModel. The answer carries one descriptor for each file, in their order: memory that nobody can change.
struct ExportModelRequest {
  ProductName product;
  ExportedFiles files;  // at least one
};

struct ExportModelAnswer {
  Version version;
};

// kExportPackage, from the keep to an exporting cell. Descriptors: canonical slot file, then an empty memory file for
// each file. The answer has no body; memory files hold all of their files then. The body holds a key, as other orders'.
struct ExportPackageOrder {
  SlotFileInput canonical;
  ExportedFiles files;
};

Result<ExportModelRequest> DecodeExportModelRequest(ByteView body);
Status EncodeExportModelRequest(const ExportModelRequest& request, CborWriter& out);
Result<ExportModelAnswer> DecodeExportModelAnswer(ByteView body);
Status EncodeExportModelAnswer(const ExportModelAnswer& answer, CborWriter& out);
Result<ExportPackageOrder> DecodeExportPackageOrder(ByteView body);
Status EncodeExportPackageOrder(const ExportPackageOrder& order, CborWriter& out);

}  // namespace edgekeep::gate
