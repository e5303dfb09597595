// Test vectors: where they lie, and Wycheproof's files as flat cases.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "edgekeep/base/bytes.h"

namespace edgekeep::crypto::test {

using ByteVector = std::vector<std::uint8_t>;

// Decodes lower-case hexadecimal of any length; throws std::invalid_argument for anything else.
ByteVector UnHex(std::string_view hex);

// The third-party vectors: $EDGEKEEP_VECTORS, else ../shared/vectors beside the checkout. May not exist.
std::filesystem::path OutsideVectors();

// The project's own files: $EDGEKEEP_SOURCE/spec/vectors.
std::filesystem::path SpecVectors();

enum class Verdict { kValid, kAcceptable, kInvalid };

// One test of a Wycheproof file, with its group's fields beside its own: {"publicKey": {"pk": …}} is "publicKey.pk".
struct WycheproofCase {
  std::string name;
  Verdict verdict = Verdict::kInvalid;
  std::set<std::string> flags;
  std::map<std::string, std::string> fields;

  bool Has(const std::string& field) const { return fields.contains(field); }

  // Throws std::out_of_range when the field is missing.
  ByteVector Hex(const std::string& field) const { return UnHex(fields.at(field)); }

  std::size_t Number(const std::string& field) const { return std::stoul(fields.at(field)); }
};

// Throws when the file is not as expected.
std::vector<WycheproofCase> LoadWycheproof(const std::string& file_name);

}  // namespace edgekeep::crypto::test

// Ends the test with a loud skip where the third-party vectors are absent.
#define EK_NEED_OUTSIDE_VECTORS(name)                                       \
  if (!std::filesystem::exists(::edgekeep::crypto::test::OutsideVectors())) \
  GTEST_SKIP() << "SKIP " << (name) << ": vectors not found at " << ::edgekeep::crypto::test::OutsideVectors().string()
