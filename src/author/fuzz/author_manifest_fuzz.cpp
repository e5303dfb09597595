// release.json, as somebody proposes it.
#include "../release_targets.h"
#include "edgekeep/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  const auto manifest = author::ParseManifest(AsText({data, size}), "release.json");
  if (!manifest) return 0;
  std::vector<std::string> differences;
  author::CompareLists("inputs", manifest->inputs, manifest->inputs, differences);
  EK_CHECK(differences.empty());
  return 0;
}
