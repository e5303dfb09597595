#include "vector_file.h"

#include <cstdlib>
#include <fstream>

#include "edgekeep/base/hex.h"

namespace edgekeep::formats {

Json ReadVectors(const std::string& name) {
  const char* source = std::getenv("EDGEKEEP_SOURCE");
  std::ifstream file(std::string(source != nullptr ? source : ".") + "/spec/vectors/" + name + ".json");
  if (!file) throw std::runtime_error("no spec/vectors/" + name + ".json; run from the source tree or by ctest");
  return Json::parse(file);
}

ByteVector BytesIn(const Json& vector, const char* key) {
  const auto& text = vector.at(key).get_ref<const std::string&>();
  ByteVector bytes(text.size() / 2);
  if (!FromHex(text, bytes)) throw std::runtime_error("not hexadecimal");
  return bytes;
}

}  // namespace edgekeep::formats
