// PRODUCT/CHANNEL/SEQUENCE: what is taken is one text only.
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/check.h"
#include "edgekeep/release/proven_release.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  const std::string_view text = AsText({data, size});
  const auto place = release::ReleasePlace::Parse(text);
  if (!place) return 0;
  const std::string again = std::string(place->product.view()) + "/" + std::string(place->channel.view()) + "/" +
                            std::to_string(place->sequence.value);
  EK_CHECK(again == text);
  return 0;
}
