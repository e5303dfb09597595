#include "bounded_device.h"

#include <array>

#include "binaries.h"
#include "require.h"

namespace edgekeep::test {

void BoundedDevice::SetUp() {
  if (const std::string reason = WhyNoDevice(); !reason.empty()) GTEST_SKIP() << reason;
  device_.Start();
  device_.Initialise(Publisher::Shared().trust_bundle());
}

void BoundedDevice::Install(int sequence, const std::string& policy, const std::vector<std::string>& terms) {
  Seal(sequence, policy);
  const Outcome installed = InstallUnder(terms);
  Require(installed.exit_code == 0, installed.err);
}

void BoundedDevice::Seal(int sequence, const std::string& policy) {
  const std::filesystem::path model = files_ / "bounded.onnx";
  const Outcome made =
      RunProgram({"/usr/bin/python3", SourceDirectory() / "tools/testmodels/make.py", "affine", model});
  Require(made.exit_code == 0, made.err);
  Publisher& publisher = Publisher::Shared();
  sealed_ = publisher.Fresh(".eks");
  std::vector<std::string> seal = {"seal",
                                   model,
                                   "--product",
                                   kProduct,
                                   "--version-sequence",
                                   std::to_string(sequence),
                                   "--version",
                                   std::to_string(sequence),
                                   "-o",
                                   sealed_};
  if (!policy.empty()) {
    std::ofstream(files_ / "policy.json") << policy;
    seal.insert(seal.end(), {"--policy", files_ / "policy.json"});
  }
  const Outcome sealing = publisher.Command(seal);
  Require(sealing.exit_code == 0, sealing.err);
  grant_ = publisher.Grant(sealed_);
}

Outcome BoundedDevice::InstallUnder(const std::vector<std::string>& terms) {
  bounded_licence_ = Publisher::Shared().Licence(device_.root() / "d.ekd", kProduct, terms);
  return device_.Edgekeep({"install", sealed_, grant_, bounded_licence_});
}

ek_code BoundedDevice::CodeOf(app::Model& model, float x) {
  constexpr std::array<std::int64_t, 1> kOne = {1};
  const std::array values = {x};
  const std::array inputs = {app::Input("x", values, kOne)};
  const auto outputs = model.Run(inputs);
  return outputs ? ek_code{EK_OK} : outputs.error().code();
}

long BoundedDevice::CallsLeft() const {
  const std::string text = device_.Edgekeep({"status", "--json"}).out;
  const std::string begin = "\"calls_left\": ";
  const std::size_t at = text.find(begin);
  Require(at != std::string::npos, text);
  return text.compare(at + begin.size(), 4, "null") == 0 ? -1 : std::stol(text.substr(at + begin.size()));
}

}  // namespace edgekeep::test
