// Keys as release metadata has them (TUF 1.0.34 §4.2.2, TAP 21), in the form that a Provider verifies with.
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/crypto/algorithm.h"
#include "edgekeep/json/document.h"

namespace edgekeep::release {

struct MetadataKey {
  crypto::AlgorithmId algorithm = crypto::AlgorithmId::kNone;
  Bytes storage;
  ByteView key;  // inside `storage`
};

// The type and the scheme of the key choose the algorithm, both together; what stands in PEM must be of it. Fails with
// kUnsupported for others, kMalformed.
Result<MetadataKey> ReadMetadataKey(json::Node key);

}  // namespace edgekeep::release
