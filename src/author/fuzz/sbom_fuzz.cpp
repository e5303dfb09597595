// A bill of materials in CycloneDX, as tools of others write it.
#include <algorithm>

#include "../release_targets.h"
#include "edgekeep/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  const auto components = author::ComponentsIn(AsText({data, size}), "sbom.json");
  EK_CHECK(!components || std::ranges::is_sorted(*components));
  return 0;
}
