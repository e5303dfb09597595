// The whole program on the example's picture, with real models that run unprotected: what the protected path must read.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine_cells.h"

namespace label_reader {
namespace {

struct Output {
  int exit_code = -1;
  std::string out;
};

Output RunLabelReader(const std::string& arguments) {
  const std::string command = std::string(EK_LABEL_READER) + " " + arguments + " 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");  // NOLINT(cert-env33-c): a test's own command
  Output output;
  char buffer[4096];
  for (std::size_t got = 1; got != 0;) {
    got = std::fread(buffer, 1, sizeof buffer, pipe);
    output.out.append(buffer, got);
  }
  output.exit_code = WEXITSTATUS(::pclose(pipe));
  return output;
}

std::string ExpectedText() {
  std::ifstream file(EK_EXAMPLE "/label.txt");
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::string kModels = EK_DEPS "/models/ocr/";
const std::string kDictionary = "--dictionary " + kModels + "ppocr_keys_v1.txt ";
const std::string kPicture = EK_EXAMPLE "/label.png";

class PictureTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string engine = EK_DEPS "/onnxruntime/lib/libonnxruntime.so.1";
    if (!std::filesystem::exists(engine) || !std::filesystem::exists(kModels)) {
      GTEST_SKIP() << "SKIP label-reader: ONNX Runtime or the OCR models are missing; run script/bootstrap";
    }
    const std::map<std::string, std::string> models = {
        {"acme/label-detect", kModels + "ch_PP-OCRv4_det_infer.onnx"},
        {"acme/label-direction", kModels + "ch_ppocr_mobile_v2.0_cls_infer.onnx"},
        {"acme/label-ocr", kModels + "ch_PP-OCRv4_rec_infer.onnx"},
    };
    keep_ = std::make_unique<EngineKeep>(engine, models);
  }

  std::unique_ptr<EngineKeep> keep_;
};

TEST_F(PictureTest, EveryLineIsReadExactly) {
  const Output output = RunLabelReader("--root " + keep_->root() + " " + kDictionary + kPicture);
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_EQ(output.out, ExpectedText());
}

TEST(LabelReader, SaysWhatIsWrong) {
  const std::string root = "--root /nowhere ";
  EXPECT_EQ(RunLabelReader("").exit_code, 2);
  EXPECT_EQ(RunLabelReader("--bogus x").exit_code, 2);
  const Output absent = RunLabelReader(root + "--dictionary absent " + kPicture);
  EXPECT_EQ(absent.exit_code, 1);
  EXPECT_EQ(absent.out, "label-reader: cannot read the dictionary absent\n");
  const Output no_keep = RunLabelReader(root + "--dictionary " EK_EXAMPLE "/label.txt " + kPicture);
  EXPECT_EQ(no_keep.exit_code, 1);
  EXPECT_TRUE(no_keep.out.starts_with("label-reader: acme/label-detect: not-running")) << no_keep.out;
  const Output no_png = RunLabelReader(root + "--dictionary " EK_EXAMPLE "/label.txt " EK_EXAMPLE "/label.txt");
  EXPECT_EQ(no_png.exit_code, 1);
}

}  // namespace
}  // namespace label_reader
