#include "run_inputs.h"

#include <charconv>
#include <cstring>

#include "npy.h"

namespace edgekeep::cli::device {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 30;

using Assignments = std::map<std::string, std::string>;

Failure WrongInput(const std::string& what, const std::string& where, const std::string& advice) {
  return {ErrorCode::kBadArgument, what, where, advice};
}

// Splits NAME=VALUE at the first '='. Each name must be an input of the model.
Outcome<Assignments> Split(const std::vector<std::string>& texts, const app::Model& model) {
  Assignments assignments;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) return WrongInput("no NAME=VALUE", text, "write x=image.npy");
    std::string name = text.substr(0, equals);
    bool known = false;
    for (std::size_t i = 0; i < model.description().num_inputs; ++i) known |= name == model.input(i).name();
    if (!known) {
      return WrongInput("the model has no such input", name,
                        std::string("its first input is ") + model.input(0).name());
    }
    if (!assignments.emplace(std::move(name), text.substr(equals + 1)).second) {
      return WrongInput("an input is given twice", text, "give each input once");
    }
  }
  return assignments;
}

Outcome<std::vector<std::int64_t>> ParseShape(const std::string& text) {
  std::vector<std::int64_t> shape;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    std::int64_t dimension = 0;
    const auto [next, code] = std::from_chars(at, end, dimension);
    if (code != std::errc() || dimension < 0 || (next != end && *next != ',') || shape.size() == EK_MAX_RANK) {
      return WrongInput("no shape", text, "write dimensions with commas between them, as in 1,3,48,320");
    }
    shape.push_back(dimension);
    at = next != end ? next + 1 : end;
  }
  return shape;
}

// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed, everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return z ^ z >> 31;
  }

 private:
  std::uint64_t state_;
};

void Fill(Tensor& tensor, Random& random) {
  const std::size_t size = ElementSize(tensor.type);
  for (std::size_t at = 0; at + size <= tensor.bytes.size(); at += size) {
    const std::uint64_t bits = random.Next();
    const auto real = static_cast<double>(bits >> 40) / static_cast<double>(1 << 24);
    const auto single = static_cast<float>(real);
    if (tensor.type == EK_FLOAT32) {
      std::memcpy(tensor.bytes.data() + at, &single, size);
    } else if (tensor.type == EK_FLOAT64) {
      std::memcpy(tensor.bytes.data() + at, &real, size);
    } else if (tensor.type != EK_FLOAT16 && tensor.type == NpyType(tensor.type)) {
      tensor.bytes[at] = static_cast<std::uint8_t>(bits & 1);
    }
  }
}

Outcome<Tensor> MakeUp(const app::TensorInfo& info, const Assignments& shapes, Random& random) {
  Tensor tensor{.type = info.type(), .shape = {info.shape().begin(), info.shape().end()}, .bytes = {}};
  for (std::int64_t& dimension : tensor.shape) dimension = dimension < 0 ? 1 : dimension;
  if (const auto given = shapes.find(info.name()); given != shapes.end()) {
    auto shape = ParseShape(given->second);
    if (!shape) return shape.error();
    tensor.shape = *std::move(shape);
  }
  const auto elements = CountElements(tensor.shape);
  if (!elements || *elements > kMaxBytes / 8)
    return WrongInput("a shape too large", info.name(), "give the model less at once");
  tensor.bytes.resize(*elements * ElementSize(tensor.type));
  Fill(tensor, random);
  return tensor;
}

// NumPy's file cannot say that its words are meant as bfloat16, or its bytes as float8.
Outcome<Tensor> ReadFor(const app::TensorInfo& info, const std::string& path) {
  auto tensor = ReadNpy(path);
  if (tensor && tensor->type == NpyType(info.type())) tensor->type = info.type();
  return tensor;
}

Failure NoFileCanSay(const app::TensorInfo& info) {
  return {ErrorCode::kUnsupported, "an input of a type that no .npy file has",
          std::string(info.name()) + ", " + TypeText(info.type()),
          "run this model from a program, by the C, C++ or Python library"};
}

}  // namespace

Outcome<std::vector<Tensor>> MakeInputs(const app::Model& model, const InputOptions& options) {
  const auto files = Split(options.files, model);
  if (!files) return files.error();
  const auto shapes = Split(options.shapes, model);
  if (!shapes) return shapes.error();
  Random random(options.seed.value_or(0));
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < model.description().num_inputs; ++i) {
    const app::TensorInfo info = model.input(i);
    if (ElementSize(info.type()) == 0) return NoFileCanSay(info);
    const auto file = files->find(info.name());
    if (file == files->end() && !options.seed) {
      return WrongInput("an input is missing",
                        std::string(info.name()) + ", " + TypeText(info.type()) + " " + ShapeText(info.shape()),
                        std::string("give it by --input ") + info.name() + "=FILE.npy, or let --random 1 make it up");
    }
    auto tensor = file != files->end() ? ReadFor(info, file->second) : MakeUp(info, *shapes, random);
    if (!tensor) return tensor.error();
    inputs.push_back(*std::move(tensor));
  }
  return inputs;
}

}  // namespace edgekeep::cli::device
