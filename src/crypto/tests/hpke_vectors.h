// Files of HPKE vectors: SETUP lines, each followed by its ENC and EXP lines.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "vectors.h"

namespace edgekeep::crypto::test {

struct HpkeEncryption {
  std::uint64_t sequence = 0;
  ByteVector plaintext;
  ByteVector aad;
  ByteVector ciphertext;
};

struct HpkeExport {
  ByteVector context;
  ByteVector value;
};

// One context: "SETUP name=value …" with numbers in decimal and bytes in hexadecimal.
struct HpkeVector {
  std::map<std::string, std::string> fields;
  std::vector<HpkeEncryption> encryptions;
  std::vector<HpkeExport> exports;

  int Number(const std::string& name) const { return std::stoi(fields.at(name)); }

  ByteVector Hex(const std::string& name) const { return UnHex(fields.at(name)); }
};

// Throws when the file is missing or not as expected. Lines that begin with '#' are comments.
std::vector<HpkeVector> LoadHpkeVectors(const std::filesystem::path& path);

}  // namespace edgekeep::crypto::test
