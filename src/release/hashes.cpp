#include "hashes.h"

#include <array>
#include <string_view>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"

namespace edgekeep::release {
namespace {

using crypto::AlgorithmId;

struct Row {
  std::string_view name;
  AlgorithmId algorithm;
  std::size_t size;
};

constexpr std::array kRows = {Row{"sha256", AlgorithmId::kSha256, 32}, Row{"sha512", AlgorithmId::kSha512, 64}};

}  // namespace

Status CheckHashesOf(const crypto::Provider& provider, json::Node hashes, ByteView bytes) {
  bool is_known = false;
  for (const Row& row : kRows) {
    const json::Node stated = hashes.Find(row.name);
    if (!stated) continue;
    is_known = true;
    EK_TRY_ASSIGN(const std::string_view hex, stated.AsText());
    EK_TRY_ASSIGN(const Bytes expected, DecodeHex(hex));
    std::array<std::uint8_t, 64> buffer{};
    const MutableByteView found = MutableByteView(buffer).first(row.size);
    EK_TRY(crypto::HashParts(provider, row.algorithm, {bytes}, found));
    if (!Equal(expected.view(), found)) return Error(ErrorCode::kMalformed, "hash of release metadata");
  }
  return is_known ? Status() : Status(Error(ErrorCode::kUnsupported, "hash algorithm"));
}

Status CheckDescribed(const crypto::Provider& provider, const FileDescription& description, ByteView bytes) {
  if (description.length && *description.length != bytes.size()) {
    return Error(ErrorCode::kMalformed, "length of release metadata");
  }
  return description.hashes ? CheckHashesOf(provider, description.hashes, bytes) : Status();
}

}  // namespace edgekeep::release
