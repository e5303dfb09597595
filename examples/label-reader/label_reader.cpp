#include "label_reader.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "probability_map.h"

namespace label_reader {
namespace {

namespace app = edgekeep::app;

// How the models were trained (PP-OCR: detection by the statistics of ImageNet, the others from -1 to 1).
constexpr Normalisation kDetection = {{0.485F, 0.456F, 0.406F}, {0.229F, 0.224F, 0.225F}};
constexpr Normalisation kText = {{0.5F, 0.5F, 0.5F}, {0.5F, 0.5F, 0.5F}};
constexpr int kTextHeight = 48;
constexpr int kDirectionWidth = 192;
constexpr int kMinTextWidth = 320;
constexpr int kMaxTextWidth = 3200;
constexpr int kMaxSide = 960;
constexpr double kMinConfidence = 0.5;

std::string Wording(const std::string& product, const app::Error& error) {
  return product + ": " + std::string(error.name()) + ": " + std::string(error.where()) + ": " +
         std::string(error.advice());
}

std::expected<app::Model, std::string> OpenModel(const app::Client& client, const std::string& product) {
  auto model = client.OpenModel(product.c_str());
  if (!model) return std::unexpected(Wording(product, model.error()));
  return *std::move(model);
}

// A picture's side as detection takes it: a multiple of 32.
int DetectionSide(int side, double scale) {
  return std::max(32, static_cast<int>(std::lround(side * scale / 32)) * 32);
}

// A run of one picture [1, 3, height, width] through `model`; the first output, which must be of floats.
std::expected<app::Output, std::string> Run(app::Model& model, const std::vector<float>& planes, int height,
                                            int width) {
  const std::array<std::int64_t, 4> shape = {1, 3, height, width};
  const std::array<app::Input, 1> inputs = {app::Input(nullptr, planes, shape)};
  const auto outputs = model.Run(inputs);
  if (!outputs) return std::unexpected(Wording(model.description().product, outputs.error()));
  if (outputs->size() == 0 || (*outputs)[0].As<float>().empty()) {
    return std::unexpected(std::string(model.description().product) +
                           ": gives something else than this program expects");
  }
  return (*outputs)[0];
}

}  // namespace

std::expected<LabelReader, std::string> LabelReader::Open(const char* root, const std::string& publisher,
                                                          Alphabet alphabet) {
  const auto client = app::Client::Open({.root = root});
  if (!client) return std::unexpected(Wording("client", client.error()));
  auto detect = OpenModel(*client, publisher + "/label-detect");
  if (!detect) return std::unexpected(detect.error());
  auto direction = OpenModel(*client, publisher + "/label-direction");
  if (!direction) return std::unexpected(direction.error());
  auto ocr = OpenModel(*client, publisher + "/label-ocr");
  if (!ocr) return std::unexpected(ocr.error());
  return LabelReader(*std::move(detect), *std::move(direction), *std::move(ocr), std::move(alphabet));
}

std::expected<std::vector<TextBox>, std::string> LabelReader::Detect(const Picture& picture) {
  const double scale = std::min(1.0, static_cast<double>(kMaxSide) / std::max(picture.width, picture.height));
  const int width = DetectionSide(picture.width, scale);
  const int height = DetectionSide(picture.height, scale);
  const auto output = Run(detect_, ToPlanes(Resize(picture, width, height), kDetection, width), height, width);
  if (!output) return std::unexpected(output.error());
  const std::span<const float> values = output->As<float>();
  if (values.size() != static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {
    return std::unexpected("label-detect: its map is not the picture's size");
  }
  std::vector<TextBox> boxes = BoxesOf({width, height, values});
  const double scale_x = static_cast<double>(picture.width) / width;
  const double scale_y = static_cast<double>(picture.height) / height;
  for (TextBox& box : boxes) {
    // The two scales differ by rounding to 32 only: the angle stays.
    box.centre = {box.centre.x * scale_x, box.centre.y * scale_y};
    box.width *= scale_x;
    box.height *= scale_y;
  }
  SortForReading(boxes);
  return boxes;
}

std::expected<bool, std::string> LabelReader::IsUpsideDown(const Picture& text) {
  constexpr float kSure = 0.9F;
  const Picture narrow = text.width > kDirectionWidth ? Resize(text, kDirectionWidth, kTextHeight) : text;
  const auto output = Run(direction_, ToPlanes(narrow, kText, kDirectionWidth), kTextHeight, kDirectionWidth);
  if (!output) return std::unexpected(output.error());
  const std::span<const float> probabilities = output->As<float>();
  return probabilities.size() == 2 && probabilities[1] > kSure;
}

std::expected<Text, std::string> LabelReader::Recognise(const Picture& text) {
  const int width = (std::max(text.width, kMinTextWidth) + 7) / 8 * 8;
  const auto output = Run(ocr_, ToPlanes(text, kText, width), kTextHeight, width);
  if (!output) return std::unexpected(output.error());
  const std::span<const std::int64_t> shape = output->shape();
  if (shape.size() != 3 || shape[2] != static_cast<std::int64_t>(alphabet_.num_classes())) {
    return std::unexpected("label-ocr: its number of characters is not the dictionary's");
  }
  return alphabet_.Decode(output->As<float>());
}

std::expected<std::vector<Text>, std::string> LabelReader::Read(const Picture& picture) {
  const auto boxes = Detect(picture);
  if (!boxes) return std::unexpected(boxes.error());
  std::vector<Text> lines;
  for (const TextBox& box : *boxes) {
    Picture cut = CutOut(picture, box, kTextHeight);
    if (cut.width > kMaxTextWidth) cut = Resize(cut, kMaxTextWidth, kTextHeight);
    const auto upside_down = IsUpsideDown(cut);
    if (!upside_down) return std::unexpected(upside_down.error());
    if (*upside_down) {
      TextBox turned = box;
      turned.along = {-box.along.x, -box.along.y};
      cut = CutOut(picture, turned, kTextHeight);
    }
    const auto text = Recognise(cut);
    if (!text) return std::unexpected(text.error());
    if (text->confidence >= kMinConfidence) lines.push_back(*text);
  }
  return lines;
}

}  // namespace label_reader
