// Whatever Parse accepts must come out of Write as text that Parse accepts again.
#include <cstddef>
#include <cstdint>

#include "edgekeep/base/check.h"
#include "edgekeep/json/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace json = edgekeep::json;
  const auto parsed = json::Parse({reinterpret_cast<const char*>(data), size});
  if (!parsed) return 0;
  const std::string written = json::Write(*parsed, json::Layout::kOneLine);
  const auto again = json::Parse(written, {.max_bytes = written.size()});
  EK_CHECK(again);
  EK_CHECK(json::Write(*again, json::Layout::kOneLine) == written);
  return 0;
}
