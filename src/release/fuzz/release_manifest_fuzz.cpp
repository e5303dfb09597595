// release.json on a device: each file that it lists with text and number in their places is named, and no other size.
#include "../release_manifest.h"
#include "edgekeep/base/check.h"

namespace {

using namespace edgekeep;

void CheckNamed(json::Node manifest, json::Node file) {
  const auto path = file.Find("path").AsText();
  const auto kind = file.Find("kind").AsText();
  const auto sha256 = file.Find("sha256").AsText();
  const auto length = file.Find("length").AsUnsigned();
  if (path && kind && sha256 && length) {
    EK_CHECK(release::NamesFile(manifest, *path, *kind, *sha256, *length));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto manifest = release::ParseReleaseManifest({data, size});
  if (!manifest) return 0;
  const json::Node files = manifest->root().Find("files");
  EK_CHECK(files.is_array() || !release::NamesFile(manifest->root(), "", "", "", 0));
  for (std::size_t i = 0; files.is_array() && i < files.size(); ++i) CheckNamed(manifest->root(), files[i]);
  return 0;
}
