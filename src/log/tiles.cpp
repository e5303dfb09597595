#include "edgekeep/log/tiles.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "edgekeep/base/check.h"
#include "edgekeep/base/reader.h"

namespace edgekeep::log {
namespace {

std::string ThreeDigits(std::uint64_t number) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%03u", static_cast<unsigned>(number % 1000));
  return text.data();
}

// 1234067 is "x001/x234/067".
std::string PathOf(std::uint64_t index) {
  std::string path = ThreeDigits(index);
  while ((index /= 1000) > 0) path = "x" + ThreeDigits(index) + "/" + path;
  return path;
}

std::string WithWidth(const std::string& path, std::uint64_t width) {
  return width == kTileWidth ? path : path + ".p/" + std::to_string(width);
}

}  // namespace

std::string TilePath(unsigned level, std::uint64_t index, std::uint64_t width) {
  return WithWidth("tile/" + std::to_string(level) + "/" + PathOf(index), width);
}

std::string BundlePath(std::uint64_t index, std::uint64_t width) {
  return WithWidth("tile/entries/" + PathOf(index), width);
}

std::string StatementPath(std::uint64_t index) {
  return "statement/" + PathOf(index);
}

std::uint64_t WidthOfTile(std::uint64_t tree_size, unsigned level, std::uint64_t index) {
  const std::uint64_t on_level = HashesOnLevel(tree_size, level);
  if (index > on_level / kTileWidth) return 0;
  return std::min(kTileWidth, on_level - index * kTileWidth);
}

std::string WriteHashes(const Hashes& hashes) {
  std::string bytes;
  for (const Digest& hash : hashes) bytes.append(AsText(hash.view()));
  return bytes;
}

Result<Hashes> ReadHashes(std::string_view bytes, std::uint64_t width) {
  if (bytes.size() != width * Digest::kSize) return Error(ErrorCode::kMalformed, "log tile");
  Hashes hashes;
  for (; !bytes.empty(); bytes.remove_prefix(Digest::kSize)) {
    hashes.push_back(Digest::From(AsBytes(bytes.substr(0, Digest::kSize))).value());
  }
  return hashes;
}

void AppendToBundle(ByteView entry, std::string& bundle) {
  EK_CHECK(entry.size() <= UINT16_MAX);
  bundle.push_back(static_cast<char>(entry.size() >> 8));
  bundle.push_back(static_cast<char>(entry.size() & 0xFF));
  bundle.append(AsText(entry));
}

Result<std::vector<std::string>> ReadBundle(std::string_view bytes, std::uint64_t width) {
  Reader in(AsBytes(bytes));
  std::vector<std::string> entries;
  for (std::uint64_t i = 0; i < width; ++i) {
    EK_TRY_ASSIGN(const std::uint16_t size, in.ReadU16BigEndian());
    EK_TRY_ASSIGN(const ByteView entry, in.ReadBytes(size));
    entries.emplace_back(AsText(entry));
  }
  EK_TRY(in.ExpectEnd());
  return entries;
}

}  // namespace edgekeep::log
