// The product policy inside of other objects, which have none where everything has its default.
#pragma once
#include "edgekeep/formats/product_policy.h"
#include "fields.h"

namespace edgekeep::formats {

inline Result<ProductPolicy> ReadOptionalPolicy(FieldReader& fields, CborReader& in, std::int64_t key) {
  EK_TRY_ASSIGN(const bool present, fields.Has(key));
  if (!present) return ProductPolicy();
  return DecodeProductPolicy(in);
}

inline Status WriteOptionalPolicy(FieldWriter& fields, CborWriter& out, std::int64_t key, const ProductPolicy& policy) {
  if (policy.is_default()) return {};
  EK_TRY(fields.At(key));
  return EncodeProductPolicy(policy, out);
}

}  // namespace edgekeep::formats
