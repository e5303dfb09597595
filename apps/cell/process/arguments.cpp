#include "arguments.h"

#include <charconv>
#include <string_view>

#include "edgekeep/base/hex.h"

namespace edgekeep::cell {
namespace {

Error Refused() {
  return Error(ErrorCode::kBadArgument,
               "usage: edgekeep-cell --purpose serve|install|measure|export --pool-bytes N --engine PATH "
               "[--engine-sha256 HEX]");
}

Result<isolation::Purpose> ParsePurpose(std::string_view text) {
  if (text == "serve") return isolation::Purpose::kServe;
  if (text == "install") return isolation::Purpose::kInstall;
  if (text == "measure") return isolation::Purpose::kMeasure;
  if (text == "export") return isolation::Purpose::kExport;
  return Refused();
}

Result<Digest> ParseDigest(std::string_view text) {
  Digest digest;
  if (!FromHex(text, digest.mutable_view())) return Refused();
  return digest;
}

Result<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return Refused();
  return number;
}

}  // namespace

Result<Arguments> ParseArguments(int count, const char* const* values) {
  Arguments arguments;
  bool has_purpose = false;
  bool has_pool = false;
  if (count != 7 && count != 9) return Refused();
  for (int i = 1; i < count; i += 2) {
    const std::string_view name = values[i];
    if (name == "--purpose" && !has_purpose) {
      EK_TRY_ASSIGN(arguments.purpose, ParsePurpose(values[i + 1]));
      has_purpose = true;
    } else if (name == "--pool-bytes" && !has_pool) {
      EK_TRY_ASSIGN(arguments.pool_bytes, ParseNumber(values[i + 1]));
      has_pool = true;
    } else if (name == "--engine" && arguments.engine == nullptr) {
      arguments.engine = values[i + 1];
    } else if (name == "--engine-sha256" && !arguments.engine_digest) {
      EK_TRY_ASSIGN(arguments.engine_digest, ParseDigest(values[i + 1]));
    } else {
      return Refused();
    }
  }
  if (!has_purpose || !has_pool || arguments.engine == nullptr) return Refused();
  return arguments;
}

}  // namespace edgekeep::cell
