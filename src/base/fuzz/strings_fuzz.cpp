// Any bytes as strings: refused, or strings that fill them without gap or overlap. The first four bytes are the count.
#include <cstdlib>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/strings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  Reader reader({data, size});
  const auto count = reader.ReadU32LittleEndian();
  if (!count) return 0;
  const ByteView bytes(data + 4, size - 4);
  if (!CheckStrings(bytes, *count)) return 0;
  std::size_t total = std::size_t{*count} * 4;
  for (std::size_t i = 0; i < *count; ++i) {
    const auto string = StringAt(bytes, *count, i);
    if (!string) std::abort();
    total += string->size();
  }
  if (total != bytes.size()) std::abort();
  return 0;
}
