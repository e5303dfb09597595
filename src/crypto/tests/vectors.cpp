#include "vectors.h"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace edgekeep::crypto::test {
namespace {

using nlohmann::json;

std::uint8_t HexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
  throw std::invalid_argument("not lower-case hexadecimal");
}

std::filesystem::path SourceRoot() {
  const char* const root = std::getenv("EDGEKEEP_SOURCE");
  return root != nullptr ? root : ".";
}

void AddFields(const json& object, const std::string& prefix, std::map<std::string, std::string>& fields) {
  for (const auto& [key, value] : object.items()) {
    if (value.is_string()) fields[prefix + key] = value.get<std::string>();
    if (value.is_number_unsigned()) fields[prefix + key] = std::to_string(value.get<std::uint64_t>());
    if (value.is_object()) AddFields(value, prefix + key + ".", fields);
  }
}

Verdict ReadVerdict(const std::string& text) {
  if (text == "valid") return Verdict::kValid;
  if (text == "acceptable") return Verdict::kAcceptable;
  if (text == "invalid") return Verdict::kInvalid;
  throw std::invalid_argument("unknown verdict");
}

}  // namespace

ByteVector UnHex(std::string_view hex) {
  if (hex.size() % 2 != 0) throw std::invalid_argument("odd number of hexadecimal digits");
  ByteVector bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(HexDigit(hex[i]) << 4 | HexDigit(hex[i + 1])));
  }
  return bytes;
}

std::filesystem::path OutsideVectors() {
  const char* const chosen = std::getenv("EDGEKEEP_VECTORS");
  return chosen != nullptr ? std::filesystem::path(chosen) : SourceRoot() / "../shared/vectors";
}

std::filesystem::path SpecVectors() {
  return SourceRoot() / "spec/vectors";
}

std::vector<WycheproofCase> LoadWycheproof(const std::string& file_name) {
  std::ifstream stream(OutsideVectors() / "wycheproof" / file_name);
  const json document = json::parse(stream);
  std::vector<WycheproofCase> cases;
  for (const json& group : document.at("testGroups")) {
    std::map<std::string, std::string> group_fields;
    AddFields(group, "", group_fields);
    for (const json& test : group.at("tests")) {
      WycheproofCase loaded;
      loaded.name = file_name + " tcId " + test.at("tcId").dump() + " " + test.value("comment", "");
      loaded.verdict = ReadVerdict(test.at("result"));
      loaded.flags = test.at("flags").get<std::set<std::string>>();
      loaded.fields = group_fields;
      AddFields(test, "", loaded.fields);
      cases.push_back(std::move(loaded));
    }
  }
  if (cases.size() != document.at("numberOfTests")) throw std::invalid_argument("number of tests");
  return cases;
}

}  // namespace edgekeep::crypto::test
