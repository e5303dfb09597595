#include <cstdlib>
#include <vector>

#include "edgekeep/base/cbor_reader.h"
#include "edgekeep/base/cbor_writer.h"

namespace edgekeep {
namespace {

// Writes back the item that `in` begins with; of containers and tags the head alone.
Status CopyItem(CborReader& in, CborWriter& out) {
  if (auto value = in.ReadUnsigned()) return out.Unsigned(*value);
  if (auto value = in.ReadInt()) return out.Int(*value);
  if (auto value = in.ReadBool()) return out.Bool(*value);
  if (auto value = in.ReadByteString()) return out.ByteString(*value);
  if (auto value = in.ReadText()) return out.Text(*value);
  if (auto size = in.ReadArray()) return out.Array(*size);
  if (auto pairs = in.ReadMap()) return out.Map(*pairs);
  EK_TRY(in.ExpectTag(98));
  return out.Tag(98);
}

// No refused read may consume anything, whatever was asked for.
void CheckRefusals(ByteView input) {
  CborReader in(input);
  const bool accepted = in.ReadByteString(7) || in.ExpectArray(3) || in.ExpectText("edgekeep") || in.ExpectTag(1);
  if (!accepted && in.remaining() != input.size()) std::abort();
}

// A map with integer keys is entered and left without a fault, however its keys stand.
void CheckMap(ByteView input) {
  CborReader in(input);
  auto map = CborMapReader::Enter(in);
  if (!map) return;
  for (std::int64_t key = 0; key < 8; ++key) {
    const auto found = map->OptionalKey(key);
    if (!found || (*found && !in.ReadUnsigned())) return;
  }
  if (map->End() && in.remaining() > input.size()) std::abort();
}

}  // namespace
}  // namespace edgekeep

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  const ByteView input(data, size);
  std::vector<std::uint8_t> buffer(size);
  CborReader in(input);
  CborWriter out(buffer);
  while (in.remaining() > 0 && CopyItem(in, out)) {
  }
  if (!Equal(out.written(), input.first(size - in.remaining()))) std::abort();
  CheckRefusals(input);
  CheckMap(input);
  return 0;
}
