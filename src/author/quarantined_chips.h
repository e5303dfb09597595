// Chips that the followed trust policy has in quarantine.
#pragma once
#include "device_request.h"
#include "edgekeep/author/publisher.h"

namespace edgekeep::author {

// Fails with kForbidden for a device of such a class, and, where the policy quarantines any, for one that does not say
// what chip it has. `path` is where its request came from.
Done CheckNotQuarantined(const Context& context, const Publisher& publisher, const formats::DeviceRequest& request,
                         const std::string& path);

}  // namespace edgekeep::author
