// Which devices a publisher knows to be retired.
#pragma once
#include "edgekeep/author/publisher.h"

namespace edgekeep::author {

// Fails with kForbidden for one that is.
Done CheckNotRetired(const Publisher& publisher, const DeviceId& device, const std::string& path);

}  // namespace edgekeep::author
