#include "served_device.h"

#include <array>
#include <cmath>
#include <stdexcept>

#include "binaries.h"
#include "eventually.h"
#include "require.h"

namespace edgekeep::test {
namespace {

constexpr std::array<std::int64_t, 1> kOne = {1};

}  // namespace

void ServedDevice::SetUp() {
  if (const std::string reason = WhyNoDevice(); !reason.empty()) GTEST_SKIP() << reason;
  device_.Start();
  Publisher& publisher = Publisher::Shared();
  licence_ = publisher.Licence(device_.Initialise(publisher.trust_bundle()), kProduct);
  Install(1, 2);
}

void ServedDevice::Install(int sequence, int factor) {
  const std::filesystem::path model = files_ / ("affine-" + std::to_string(factor) + ".onnx");
  const Outcome made = RunProgram({"/usr/bin/python3", SourceDirectory() / "tools/testmodels/make.py", "affine", model,
                                   "--set", "factor=" + std::to_string(factor)});
  Require(made.exit_code == 0, made.err);
  Publisher& publisher = Publisher::Shared();
  const std::filesystem::path sealed = publisher.Seal(model, kProduct, sequence);
  const Outcome installed = device_.Edgekeep({"install", sealed, publisher.Grant(sealed), licence_});
  Require(installed.exit_code == 0, installed.err);
}

app::Model ServedDevice::Open(std::uint32_t max_calls) const {
  const auto client = app::Client::Open({.root = device_.root().c_str()});
  Require(client.has_value(), "client");
  app::Expected<app::Model> model = std::unexpected(app::Error({}));
  // A cell that just ended may still have its place.
  Eventually(
      [&] {
        model = client->OpenModel(kProduct, {.ring_bytes = kRoomBytes, .max_calls = max_calls});
        return model || model.error().code() != EK_BUSY;
      },
      std::chrono::minutes(1));
  if (!model) throw std::runtime_error("open: " + std::string(model.error().name()));
  return *std::move(model);
}

float ServedDevice::Call(app::Model& model, float x, std::uint32_t timeout_ms) {
  const std::array values = {x};
  const std::array inputs = {app::Input("x", values, kOne)};
  const auto outputs = model.Run(inputs, timeout_ms);
  return outputs ? (*outputs)[0].As<float>()[0] : NAN;
}

app::Expected<app::Call> ServedDevice::Submit(app::Model& model, float x) {
  const std::array values = {x};
  const std::array inputs = {app::Input("x", values, kOne)};
  return model.Submit(inputs);
}

float ServedDevice::Await(app::Call& call) {
  const auto outputs = call.Wait();
  return outputs ? (*outputs)[0].As<float>()[0] : NAN;
}

int ServedDevice::OpenSessions() const {
  const std::string text = device_.Edgekeep({"status", "--json"}).out;
  const std::string begin = "\"open_sessions\": ";
  const std::size_t at = text.find(begin);
  return at == std::string::npos ? -1 : std::stoi(text.substr(at + begin.size()));
}

}  // namespace edgekeep::test
