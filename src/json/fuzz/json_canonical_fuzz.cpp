// Whatever a Document accepts has a canonical form that is its own, and that the other way of reading accepts too.
#include <cstddef>
#include <cstdint>

#include "edgekeep/base/check.h"
#include "edgekeep/json/document.h"
#include "edgekeep/json/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace json = edgekeep::json;
  const auto document = json::Document::Parse({data, size}, {});
  const auto parsed = json::Parse({reinterpret_cast<const char*>(data), size});
  if (!document) return 0;
  EK_CHECK(parsed);
  const auto canonical = json::Canonical(document->root());
  EK_CHECK(canonical);
  // Control characters stand in canonical JSON as they are, which JSON itself does not allow.
  for (const std::uint8_t byte : canonical->view()) {
    if (byte < 0x20) return 0;
  }
  const auto again = json::Document::Parse(canonical->view(), {.max_bytes = canonical->size()});
  EK_CHECK(again);
  const auto same = json::Canonical(again->root());
  EK_CHECK(same && edgekeep::Equal(same->view(), canonical->view()));
  return 0;
}
