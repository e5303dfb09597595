#include "picture.h"

#include <png.h>

#include <algorithm>
#include <cmath>

namespace label_reader {
namespace {

constexpr png_uint_32 kMaxPictureSide = 8192;

}  // namespace

Picture EmptyPicture(int width, int height) {
  const auto pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  return {width, height, std::vector<std::uint8_t>(pixels * 3)};
}

std::expected<Picture, std::string> ReadPng(const std::string& path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_file(&image, path.c_str()) == 0) {
    return std::unexpected(std::string(image.message) + ": " + path);
  }
  if (image.width > kMaxPictureSide || image.height > kMaxPictureSide) {
    png_image_free(&image);
    return std::unexpected("larger than 8192 x 8192: " + path);
  }
  image.format = PNG_FORMAT_BGR;
  Picture picture = EmptyPicture(static_cast<int>(image.width), static_cast<int>(image.height));
  const png_color white = {255, 255, 255};
  if (png_image_finish_read(&image, &white, picture.bgr.data(), 0, nullptr) == 0) {
    return std::unexpected(std::string(image.message) + ": " + path);
  }
  return picture;
}

Colour Sample(const Picture& picture, double x, double y) {
  x = std::clamp(x, 0.0, static_cast<double>(picture.width - 1));
  y = std::clamp(y, 0.0, static_cast<double>(picture.height - 1));
  const int left = static_cast<int>(x);
  const int top = static_cast<int>(y);
  const int right = std::min(left + 1, picture.width - 1);
  const int bottom = std::min(top + 1, picture.height - 1);
  const double across = x - left;
  const double down = y - top;
  Colour colour{};
  for (int c = 0; c < 3; ++c) {
    const double above = picture.At(left, top)[c] * (1 - across) + picture.At(right, top)[c] * across;
    const double below = picture.At(left, bottom)[c] * (1 - across) + picture.At(right, bottom)[c] * across;
    colour.bgr[c] = above * (1 - down) + below * down;
  }
  return colour;
}

Picture Resize(const Picture& picture, int width, int height) {
  Picture resized = EmptyPicture(width, height);
  const double scale_x = static_cast<double>(picture.width) / width;
  const double scale_y = static_cast<double>(picture.height) / height;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Colour colour = Sample(picture, (x + 0.5) * scale_x - 0.5, (y + 0.5) * scale_y - 0.5);
      for (int c = 0; c < 3; ++c) resized.At(x, y)[c] = static_cast<std::uint8_t>(std::lround(colour.bgr[c]));
    }
  }
  return resized;
}

std::vector<float> ToPlanes(const Picture& picture, const Normalisation& normalisation, int width) {
  const auto plane = static_cast<std::size_t>(width) * static_cast<std::size_t>(picture.height);
  std::vector<float> planes(plane * 3);
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < picture.height; ++y) {
      float* row = planes.data() + plane * static_cast<std::size_t>(c) +
                   static_cast<std::size_t>(width) * static_cast<std::size_t>(y);
      for (int x = 0; x < std::min(width, picture.width); ++x) {
        row[x] =
            (static_cast<float>(picture.At(x, y)[c]) / 255.0F - normalisation.mean[c]) / normalisation.deviation[c];
      }
    }
  }
  return planes;
}

}  // namespace label_reader
