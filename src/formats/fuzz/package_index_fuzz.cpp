#include "edgekeep/base/reader.h"
#include "edgekeep/formats/package_index.h"
#include "round_trip.h"

// The input is a u64 little-endian plaintext size, then the index.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::formats;
  const ByteView input(data, size);
  Reader reader(input);
  const auto plaintext_size = reader.ReadU64LittleEndian();
  if (!plaintext_size) return 0;
  const auto decode = [&](ByteView index) -> Result<PackageIndex> {
    EK_TRY_ASSIGN(PackageIndex decoded, DecodePackageIndex(index, *plaintext_size));
    // Laying out what was accepted gives the plaintext no other size, or a smaller one.
    PackageIndex laid_out = decoded;
    const auto size_again = LayOutPackage(laid_out);
    if (!size_again || *size_again > *plaintext_size) std::abort();
    return decoded;
  };
  CheckRoundTrip(input.last(reader.remaining()), decode, EncodePackageIndex);
  return 0;
}
