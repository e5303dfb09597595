// Decoding of one ValueInfoProto.
#pragma once
#include "edgekeep/model/signature.h"

namespace edgekeep::model {

// Fails with kModelRefused.
Result<Value> DecodeValue(ByteView message);

}  // namespace edgekeep::model
