// Pictures in memory, read from PNG files.
#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

namespace label_reader {

// Rows from the top, each pixel blue, green, red: the order in which the models were trained.
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> bgr;

  const std::uint8_t* At(int x, int y) const {
    return bgr.data() +
           (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) * 3;
  }

  std::uint8_t* At(int x, int y) { return const_cast<std::uint8_t*>(static_cast<const Picture*>(this)->At(x, y)); }
};

Picture EmptyPicture(int width, int height);

// Reads a PNG of at most 8192 × 8192 pixels; the error says what is wrong with it.
std::expected<Picture, std::string> ReadPng(const std::string& path);

// The colour at a point between pixels, weighted by distance (bilinear); outside, that of the nearest pixel.
struct Colour {
  double bgr[3];
};

Colour Sample(const Picture& picture, double x, double y);

// Bilinear.
Picture Resize(const Picture& picture, int width, int height);

// What models take: one plane for each colour, (value / 255 - mean) / deviation, in `width` columns. Columns the
// picture does not have are 0.
struct Normalisation {
  float mean[3];
  float deviation[3];
};

std::vector<float> ToPlanes(const Picture& picture, const Normalisation& normalisation, int width);

}  // namespace label_reader
