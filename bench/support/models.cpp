#include "models.h"

#include <cmath>

#include "binaries.h"
#include "program.h"
#include "require.h"

namespace edgekeep::bench {
namespace {

Model Make(const std::string& name, const std::filesystem::path& directory, std::vector<std::int64_t> shape) {
  const std::filesystem::path path = directory / (name + ".onnx");
  const test::Outcome made =
      test::RunProgram({"/usr/bin/python3", test::SourceDirectory() / "tools/testmodels/make.py", name, path});
  test::Require(made.exit_code == 0, "tools/testmodels/make.py " + name + ": " + made.err);
  return {name, path, std::move(shape)};
}

}  // namespace

std::vector<Model> OcrModels() {
  std::vector<Model> models = {
      {"label-direction", test::OcrModel("ch_ppocr_mobile_v2.0_cls_infer.onnx"), {1, 3, 48, 192}},
      {"label-detect", test::OcrModel("ch_PP-OCRv4_det_infer.onnx"), {1, 3, 320, 320}},
      {"label-ocr", test::OcrModel("ch_PP-OCRv4_rec_infer.onnx"), {1, 3, 48, 320}}};
  for (const Model& model : models) {
    test::Require(std::filesystem::exists(model.path), model.path.string() + " is missing; run script/bootstrap bench");
  }
  return models;
}

Model MakeResNet50(const std::filesystem::path& directory) {
  return Make("resnet50", directory, {1, 3, 224, 224});
}

Model MakeAffine(const std::filesystem::path& directory) {
  return Make("affine", directory, {1});
}

Model MakeLargest(const std::filesystem::path& directory, const std::string& name) {
  Model model = Make("largest", directory, {std::int64_t{4} << 20});
  model.name = name;
  return model;
}

std::vector<float> ValuesFor(const Model& model) {
  std::size_t size = 1;
  for (const std::int64_t dimension : model.shape) size *= static_cast<std::size_t>(dimension);
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = std::sin(static_cast<float>(i) * 0.37F);
  return values;
}

}  // namespace edgekeep::bench
