#include "files.h"

#include <cstring>
#include <fstream>

namespace edgekeep::test {

std::vector<std::uint8_t> ReadFile(const std::filesystem::path& path) {
  // By blocks and by the C library: whole disks of devices are read and searched, by code that is not optimised.
  constexpr std::size_t kBlock = 1 << 20;
  std::ifstream file(path, std::ios::binary);
  std::vector<std::uint8_t> bytes;
  while (file) {
    const std::size_t size = bytes.size();
    bytes.resize(size + kBlock);
    file.read(reinterpret_cast<char*>(bytes.data()) + size, kBlock);
    bytes.resize(size + static_cast<std::size_t>(file.gcount()));
  }
  return bytes;
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
  return memmem(bytes.data(), bytes.size(), needle.data(), needle.size()) != nullptr;
}

}  // namespace edgekeep::test
