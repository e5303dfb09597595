// The order to hand a package's files out.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cell_under_test.h"
#include "edgekeep/probe/scan.h"
#include "installed_model.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::cell {
namespace {

using engine::testing::TestModel;
using isolation::Purpose;

class ExportOrder : public testing::Test {
 protected:
  ExportOrder() {
    CellUnderTest installer({.purpose = Purpose::kInstall});
    EXPECT_TRUE(installer.Hello());
    EXPECT_TRUE(model_.Install(installer));
  }

  std::string Exported() const {
    std::string bytes(static_cast<std::size_t>(::lseek(file_.get(), 0, SEEK_END)), 0);
    EXPECT_EQ(::pread(file_.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    return bytes;
  }

  InstalledModel model_{TestModel("tagged-small")};
  gate::Descriptor file_{::memfd_create("test", MFD_CLOEXEC)};
};

TEST_F(ExportOrder, IsCarriedOutWithoutAnEngineAndLeavesNoPlaintext) {
  CellUnderTest cell({.purpose = Purpose::kExport, .engine = "/no/such/library"});
  ASSERT_TRUE(cell.Hello());
  ASSERT_TRUE(model_.Export(cell, file_.get()));
  EXPECT_EQ(Exported(), TestModel("tagged-small"));
  ASSERT_TRUE(cell.WaitUntilDone());
#ifdef EK_INSTRUMENTED
  GTEST_SKIP() << "SKIP scan of a cell: sanitizers map terabytes, which no scan comes to the end of";
#endif
  const probe::Canary tag = probe::WeightTag{0x3A59};
  const auto report = probe::ScanProcess(cell.pid(), {&tag, 1});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->total_found(), 0U) << "in its memory, or in files that it holds open";
  EXPECT_EQ(cell.End(), 0);
}

TEST_F(ExportOrder, IsForExportingCellsAndTheyTakeNoOther) {
  for (const Purpose purpose : {Purpose::kServe, Purpose::kInstall}) {
    CellUnderTest cell({.purpose = purpose});
    ASSERT_TRUE(cell.Hello());
    EXPECT_EQ(model_.Export(cell, file_.get()).error().code(), ErrorCode::kUnsupported);
  }
  CellUnderTest serving({.purpose = Purpose::kExport});
  ASSERT_TRUE(serving.Hello());
  EXPECT_EQ(model_.Serve(serving, false).error().code(), ErrorCode::kUnsupported);
  CellUnderTest installing({.purpose = Purpose::kExport});
  ASSERT_TRUE(installing.Hello());
  EXPECT_EQ(model_.Install(installing).error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(Exported(), "");
}

}  // namespace
}  // namespace edgekeep::cell
