// Any bytes: the reader must refuse or accept, never crash, hang or read outside.
#include <cstdint>
#include <cstdlib>

#include "edgekeep/model/check.h"
#include "edgekeep/model/in_place.h"
#include "edgekeep/model/signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  const ByteView model(data, size);
  const model::FileBeside beside[] = {{"weights.bin", 4096}};
  const Status checked = model::CheckModel(model, beside);
  const auto signature = model::ReadSignature(model);
  // What passes the check must have a readable signature, and every view must lie inside the input.
  if (checked && !signature) std::abort();
  const auto in_place = model::InputsUsableInPlace(model);
  if (in_place && !signature) std::abort();
  if (in_place && (std::uint64_t{*in_place} >> signature->inputs.size()) != 0) std::abort();
  if (signature) {
    for (const model::Value& value : signature->inputs) {
      const auto* const name = reinterpret_cast<const std::uint8_t*>(value.name.data());
      if (name < data || name + value.name.size() > data + size) std::abort();
    }
  }
  return 0;
}
