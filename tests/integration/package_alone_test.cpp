// A model whose weights lie in files of their own: its package is all that a device needs, with the engine it was
// installed by and with another one, and nothing that is made of it lies anywhere in the clear.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

#include "binaries.h"
#include "device.h"
#include "edgekeep/edgekeep.hpp"
#include "eventually.h"
#include "files.h"
#include "publisher.h"
#include "require.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExternalProduct = "acme/external";
constexpr std::size_t kWidth = 256;
constexpr std::ptrdiff_t kMatrixOffset = 4096;

class PackageAlone : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = WhyNoDevice(); !reason.empty()) GTEST_SKIP() << reason;
    const fs::path source = files_ / "source";
    fs::create_directory(source);
    const Outcome made = RunProgram(
        {"/usr/bin/python3", SourceDirectory() / "tools/testmodels/make.py", "external", source / "model.onnx"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    ReadMatrix(source / "weights/matrix.bin");
    device_.Start();
    Publisher& publisher = Publisher::Shared();
    const fs::path licence = publisher.Licence(device_.Initialise(publisher.trust_bundle()), kExternalProduct);
    const fs::path sealed = files_ / "model.eks";
    const Outcome seal =
        publisher.Command({"seal", source / "model.onnx", source / "weights/matrix.bin", "--product", kExternalProduct,
                           "--version-sequence", "1", "--version", "1.0", "-o", sealed});
    ASSERT_EQ(seal.exit_code, 0) << seal.err;
    fs::remove_all(source);
    const Outcome installed = device_.Edgekeep({"install", sealed, publisher.Grant(sealed), licence});
    ASSERT_EQ(installed.exit_code, 0) << installed.err;
    fs::remove(sealed);
  }

  void ReadMatrix(const fs::path& file) {
    const std::vector<std::uint8_t> bytes = ReadFile(file);
    matrix_.resize(kWidth * kWidth);
    ASSERT_EQ(bytes.size(), kMatrixOffset + matrix_.size() * sizeof(float));
    std::memcpy(matrix_.data(), bytes.data() + kMatrixOffset, matrix_.size() * sizeof(float));
    piece_.assign(bytes.begin() + kMatrixOffset + 1024, bytes.begin() + kMatrixOffset + 1024 + 32);
    ASSERT_TRUE(Contains(file, piece_)) << "control: it is found where it is";
  }

  // Asks the model for unit vectors: each answer is a row of the matrix.
  void ExpectRows() {
    const auto client = app::Client::Open({.root = device_.root().c_str()});
    auto model = client->OpenModel(kExternalProduct, {.threads = 1});
    ASSERT_TRUE(model) << model.error().name();
    const std::array<std::int64_t, 2> shape = {1, kWidth};
    for (const std::size_t row : {std::size_t{0}, std::size_t{101}, kWidth - 1}) {
      std::vector<float> unit(kWidth);
      unit[row] = 1;
      const std::array inputs = {app::Input("x", unit, shape)};
      const auto outputs = model->Run(inputs);
      ASSERT_TRUE(outputs) << outputs.error().name();
      const std::span<const float> answer = (*outputs)[0].As<float>();
      EXPECT_TRUE(std::ranges::equal(answer, std::span(matrix_).subspan(row * kWidth, kWidth))) << row;
    }
  }

  void ExpectNothingInTheClear() {
    for (const fs::path& file : FilesBelow(device_.root())) EXPECT_FALSE(Contains(file, piece_)) << file;
  }

  std::vector<float> matrix_;
  std::vector<std::uint8_t> piece_;
  TemporaryDirectory files_;
  Device device_;
};

TEST_F(PackageAlone, IsAllThatAModelWithExternalDataNeeds) {
  ExpectRows();
  ExpectNothingInTheClear();
  // From the canonical package now, which then has another prepared form made.
  device_.Stop();
  const fs::path engine = files_ / "libonnxruntime.so.1";
  fs::copy_file(EngineLibrary(), engine);
  std::ofstream(engine, std::ios::binary | std::ios::app) << 'x';
  device_.UseEngine(engine);
  device_.Start();
  ExpectRows();
  ExpectNothingInTheClear();
  EXPECT_TRUE(Eventually([this] {
    return device_.Edgekeep({"status", "--json"}).out.find("\"prepared_form_current\": true") != std::string::npos;
  }));
  ExpectRows();
  ExpectNothingInTheClear();
}

}  // namespace
}  // namespace edgekeep::test
