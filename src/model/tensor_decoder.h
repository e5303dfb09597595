// Decoding of one TensorProto.
#pragma once
#include "edgekeep/model/tensor.h"

namespace edgekeep::model {

// Fails with kModelRefused.
Result<Tensor> DecodeTensor(ByteView message);

}  // namespace edgekeep::model
