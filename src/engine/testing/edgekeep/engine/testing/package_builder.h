// Makes the plaintext of a package (spec/package.md).
#pragma once
#include <array>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/check.h"
#include "edgekeep/formats/package_index.h"

namespace edgekeep::engine::testing {

inline std::string BuildPackage(const std::string& model,
                                const std::vector<std::pair<std::string, std::string>>& side_files = {}) {
  formats::PackageIndex index;
  EK_CHECK(index.PushBack({.path = "model.onnx", .role = formats::FileRole::kModel, .size = model.size()}));
  for (const auto& [path, content] : side_files) {
    EK_CHECK(index.PushBack({.path = path, .role = formats::FileRole::kSide, .size = content.size()}));
  }
  const auto size = formats::LayOutPackage(index);
  EK_CHECK(size);
  std::array<std::uint8_t, formats::kMaxIndexSize> encoded;
  CborWriter out(encoded);
  EK_CHECK(formats::EncodePackageIndex(index, out));
  std::string plaintext(static_cast<std::size_t>(*size), '\0');
  const std::size_t index_size = out.written().size();
  for (std::size_t i = 0; i < 4; ++i) plaintext[i] = static_cast<char>(index_size >> (8 * i));
  plaintext.replace(4, index_size, AsText(out.written()));
  for (std::size_t i = 0; i < index.size(); ++i) {
    const std::string& content = i == 0 ? model : side_files[i - 1].second;
    plaintext.replace(static_cast<std::size_t>(index[i].offset), content.size(), content);
  }
  return plaintext;
}

}  // namespace edgekeep::engine::testing
