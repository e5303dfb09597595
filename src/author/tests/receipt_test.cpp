// Checking receipts as a third party does: files by an implementation that shares nothing with this one.
#include "edgekeep/author/receipt.h"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "edgekeep/base/hex.h"
#include "support.h"

namespace edgekeep::author {
namespace {

using Json = nlohmann::json;

Json Vectors(const std::string& name) {
  const char* source = std::getenv("EDGEKEEP_SOURCE");
  std::ifstream file(std::string(source != nullptr ? source : ".") + "/spec/vectors/" + name + ".json");
  EXPECT_TRUE(file) << "no vectors: run from the source tree or by ctest";
  return Json::parse(file);
}

Buffer FromText(const Json& value) {
  const auto text = value.get<std::string>();
  Buffer bytes(text.size() / 2);
  EXPECT_TRUE(FromHex(text, bytes));
  return bytes;
}

Buffer ObjectNamed(const Json& vectors, const std::string& name) {
  for (const Json& object : vectors.at("objects")) {
    if (object.at("name") == name) return FromText(object.at("hex"));
  }
  ADD_FAILURE() << "no object '" << name << "'";
  return {};
}

class ReceiptCheck : public testing::Test {
 protected:
  void SetUp() override {
    const Json vectors = Vectors("receipt");
    WriteAll(files_.receipt, ObjectNamed(vectors, "receipt"));
    WriteAll(files_.device_request, ObjectNamed(Vectors("device-request"), "signed request"));
    WriteAll(files_.inputs, FromText(vectors.at("derivation").at("inputs")));
    WriteAll(files_.outputs, FromText(vectors.at("derivation").at("outputs")));
  }

  Outcome<ReceiptReport> Verify() { return VerifyReceiptFiles(TestContext(), files_); }

  void Flip(const std::string& path, std::size_t at) {
    Buffer bytes = ReadAll(path);
    bytes.at(at) ^= 1;
    WriteAll(path, bytes);
  }

  Directory directory_;
  ReceiptFiles files_{.receipt = directory_ / "r.ekr",
                      .device_request = directory_ / "d.ekd",
                      .inputs = directory_ / "inputs",
                      .outputs = directory_ / "outputs"};
};

TEST_F(ReceiptCheck, HoldsForTheDeviceAndItsTensors) {
  const auto report = Verify();
  EK_ASSERT_DONE(report);
  EXPECT_EQ(report->receipt.call().number, 42U);
  EXPECT_EQ(report->receipt.batch().product.view(), "acme/label-ocr");
  EXPECT_EQ(report->anchor, formats::AnchorKind::kSoftware);
  files_.inputs.clear();
  files_.outputs.clear();
  EK_ASSERT_DONE(Verify());
}

TEST_F(ReceiptCheck, RefusesAlteredTensors) {
  Flip(files_.outputs, ReadAll(files_.outputs).size() - 1);
  ExpectFailure(Verify(), ErrorCode::kBadSignature, "not the tensors");
  Flip(files_.outputs, ReadAll(files_.outputs).size() - 1);
  EK_ASSERT_DONE(Verify());
  Flip(files_.inputs, 0);
  ExpectFailure(Verify(), ErrorCode::kBadSignature, "not the tensors");
}

TEST_F(ReceiptCheck, RefusesAnAlteredReceiptOrRequest) {
  Flip(files_.receipt, ReadAll(files_.receipt).size() - 10);
  ExpectFailure(Verify(), ErrorCode::kBadSignature);
  Flip(files_.receipt, ReadAll(files_.receipt).size() - 10);
  Flip(files_.device_request, ReadAll(files_.device_request).size() - 1);
  ExpectFailure(Verify(), ErrorCode::kBadSignature);
}

}  // namespace
}  // namespace edgekeep::author
