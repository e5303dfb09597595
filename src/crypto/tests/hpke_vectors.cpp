#include "hpke_vectors.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace edgekeep::crypto::test {
namespace {

ByteVector UnHexOrDash(const std::string& word) {
  return word == "-" ? ByteVector() : UnHex(word);
}

HpkeVector ReadSetup(std::istringstream& words) {
  HpkeVector vector;
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    vector.fields[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return vector;
}

HpkeEncryption ReadEncryption(std::istringstream& words) {
  HpkeEncryption read;
  std::string plaintext;
  std::string aad;
  std::string ciphertext;
  if (!(words >> read.sequence >> plaintext >> aad >> ciphertext)) throw std::invalid_argument("ENC line");
  read.plaintext = UnHexOrDash(plaintext);
  read.aad = UnHexOrDash(aad);
  read.ciphertext = UnHexOrDash(ciphertext);
  return read;
}

HpkeExport ReadExport(std::istringstream& words) {
  std::string context;
  std::size_t size = 0;
  std::string value;
  if (!(words >> context >> size >> value)) throw std::invalid_argument("EXP line");
  HpkeExport read{.context = UnHexOrDash(context), .value = UnHex(value)};
  if (read.value.size() != size) throw std::invalid_argument("EXP size");
  return read;
}

}  // namespace

std::vector<HpkeVector> LoadHpkeVectors(const std::filesystem::path& path) {
  std::ifstream stream(path);
  if (!stream) throw std::invalid_argument("cannot read " + path.string());
  std::vector<HpkeVector> vectors;
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    if (kind == "SETUP") {
      vectors.push_back(ReadSetup(words));
    } else if (kind == "ENC") {
      vectors.at(vectors.size() - 1).encryptions.push_back(ReadEncryption(words));
    } else if (kind == "EXP") {
      vectors.at(vectors.size() - 1).exports.push_back(ReadExport(words));
    } else if (!kind.starts_with('#')) {
      throw std::invalid_argument("unknown line in " + path.string());
    }
  }
  return vectors;
}

}  // namespace edgekeep::crypto::test
