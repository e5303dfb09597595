// The part of a trust policy that says who may order devices, and which chips have a flaw.
#pragma once
#include "edgekeep/formats/trust_policy.h"
#include "fields.h"

namespace edgekeep::formats {

Status CheckOrderRules(const TrustPolicy& policy);
Status CheckQuarantine(const TrustPolicy& policy);
// The optional fields at the end.
Status ReadAuthority(FieldReader& fields, CborReader& in, TrustPolicy& policy);
std::size_t CountAuthorityFields(const TrustPolicy& policy) noexcept;
Status WriteAuthority(const TrustPolicy& policy, FieldWriter& fields, CborWriter& out);

}  // namespace edgekeep::formats
