// What the benchmarks compute with.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace edgekeep::bench {

struct Model {
  std::string name;  // as in a product's name
  std::filesystem::path path;
  std::vector<std::int64_t> shape;  // of its one input, of floats
};

// The three OCR models of script/bootstrap, the smallest first. Throws where one is missing.
std::vector<Model> OcrModels();

// 102 MB in the shape of ResNet-50, made in `directory` by tools/testmodels.
Model MakeResNet50(const std::filesystem::path& directory);

// y = 2x + 1 for one number: all but the way there and back.
Model MakeAffine(const std::filesystem::path& directory);

// The largest of 4 million numbers: little to compute, much to hand over. Under a name of its own.
Model MakeLargest(const std::filesystem::path& directory, const std::string& name);

// Values for its input, always the same.
std::vector<float> ValuesFor(const Model& model);

}  // namespace edgekeep::bench
