// edgekeep-plain-run MODEL.onnx SHAPE INPUT.raw OUTPUT.raw: one float32 input, first output, no protection at all.
// SHAPE is "1x3x48x192". The demo compares its bytes with those of the protected path.
#include <cstdio>
#include <sstream>
#include <string>

#include "files.h"
#include "plain_model.h"

namespace {

std::vector<std::int64_t> ParseShape(const std::string& text) {
  std::vector<std::int64_t> shape;
  std::istringstream in(text);
  for (std::string dimension; std::getline(in, dimension, 'x');) shape.push_back(std::stoll(dimension));
  return shape;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::fputs("usage: edgekeep-plain-run MODEL.onnx SHAPE INPUT.raw OUTPUT.raw\n", stderr);
    return 2;
  }
  edgekeep::test::PlainModel model(arguments[1]);
  const auto outputs = model.Run({{1, ParseShape(arguments[2]), edgekeep::test::ReadFile(arguments[3])}});
  edgekeep::test::WriteFile(arguments[4], outputs.at(0).bytes);
  std::printf("%zu bytes\n", outputs.at(0).bytes.size());
  return 0;
}
