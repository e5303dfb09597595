// The slot file to read, as several orders name it.
#pragma once
#include "edgekeep/gate/cell_orders.h"
#include "fields.h"

namespace edgekeep::gate {

Result<SlotFileInput> DecodeSlotInput(CborReader& in);
Status EncodeSlotInput(const SlotFileInput& file, CborWriter& out);

}  // namespace edgekeep::gate
