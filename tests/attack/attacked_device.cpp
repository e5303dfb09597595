#include "attacked_device.h"

#include <algorithm>

#include "binaries.h"

namespace edgekeep::test {

std::filesystem::path DirectionModel() {
  return OcrModel("ch_ppocr_mobile_v2.0_cls_infer.onnx");
}

void ExpectRefused(const Device& device, const Outcome& outcome, const std::string& error) {
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
  EXPECT_NE(outcome.err.find(" failed, " + error + ":"), std::string::npos)
      << "expected '" << error << "' in: " << outcome.err;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_TRUE(device.KeepIsTheSame()) << "the keep ended over it";
}

void Attack::SetUp() {
  if (const std::string reason = WhyNoDevice(); !reason.empty()) GTEST_SKIP() << reason;
  device_.Start();
  request_ = device_.Initialise(publisher().trust_bundle());
  licence_ = publisher().Licence(request_, kProduct);
}

const std::filesystem::path& Attack::Sealed() {
  static const std::filesystem::path sealed = publisher().Seal(DirectionModel(), kProduct);
  return sealed;
}

const std::filesystem::path& Attack::Grant() {
  static const std::filesystem::path grant = publisher().Grant(Sealed());
  return grant;
}

Outcome Attack::Install(const std::filesystem::path& sealed, const std::filesystem::path& grant,
                        const std::filesystem::path& licence) const {
  return device_.Edgekeep({"install", sealed, grant, licence});
}

void Attack::InstallRightly() {
  const Outcome outcome = Install(Sealed(), Grant(), licence_);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  ASSERT_EQ(Open().exit_code, 0);
}

}  // namespace edgekeep::test
