#include "files.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>

namespace edgekeep::test {

std::vector<std::uint8_t> ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteFile(const std::filesystem::path& path, const std::vector<std::uint8_t>& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

void FlipBit(const std::filesystem::path& path, std::uint64_t offset) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(static_cast<std::streamoff>(offset));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(static_cast<char>(byte ^ 0x10));
}

std::filesystem::path FlippedCopy(const std::filesystem::path& path, std::uint64_t offset) {
  const std::filesystem::path copy = path.string() + ".flipped";
  std::filesystem::copy_file(path, copy, std::filesystem::copy_options::overwrite_existing);
  FlipBit(copy, offset);
  return copy;
}

std::vector<std::uint64_t> OffsetsAcross(const std::filesystem::path& path, int count) {
  const std::uint64_t last = std::filesystem::file_size(path) - 1;
  std::vector<std::uint64_t> offsets;
  for (int i = 0; i < count; ++i) {
    offsets.push_back(last * static_cast<std::uint64_t>(i) / static_cast<std::uint64_t>(count - 1));
  }
  return offsets;
}

std::vector<std::filesystem::path> FilesBelow(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

bool Contains(const std::filesystem::path& path, const std::vector<std::uint8_t>& needle) {
  const std::vector<std::uint8_t> bytes = ReadFile(path);
  const std::boyer_moore_horspool_searcher searcher(needle.begin(), needle.end());
  return std::search(bytes.begin(), bytes.end(), searcher) != bytes.end();
}

}  // namespace edgekeep::test
