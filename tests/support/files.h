// What attackers do to files.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace edgekeep::test {

std::vector<std::uint8_t> ReadFile(const std::filesystem::path& path);
void WriteFile(const std::filesystem::path& path, const std::vector<std::uint8_t>& bytes);

// Flips one bit in place (owner and mode stay); flipping it again mends the file.
void FlipBit(const std::filesystem::path& path, std::uint64_t offset);

// A copy with one bit flipped, beside the original.
std::filesystem::path FlippedCopy(const std::filesystem::path& path, std::uint64_t offset);

// Offsets worth attacking in a file of this size: first, last, and spread between.
std::vector<std::uint64_t> OffsetsAcross(const std::filesystem::path& path, int count);

// Regular files below a directory.
std::vector<std::filesystem::path> FilesBelow(const std::filesystem::path& directory);

// True when `needle` occurs in the file.
bool Contains(const std::filesystem::path& path, const std::vector<std::uint8_t>& needle);

}  // namespace edgekeep::test
