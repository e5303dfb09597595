#include "../audit_wording.h"

#include "notary_fixture.h"

namespace edgekeep::log {
namespace {

TEST(AuditWording, NamesOperationsPoliciesByTheirVersion) {
  formats::ReleaseEntry entry = Release(7);
  EXPECT_EQ(Title(entry), "acme/label-ocr stable 1.0 (sequence 7)");
  entry.product = ProductName::Parse("acme/operations-policy").value();
  EXPECT_EQ(Title(entry), "operations policy 7 of acme (stable)");
}

}  // namespace
}  // namespace edgekeep::log
