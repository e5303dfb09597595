// Which licences and devices a publisher has stopped renewing, in PUBLISHER/stopped.
#pragma once
#include "edgekeep/author/publisher.h"
#include "edgekeep/formats/licence.h"

namespace edgekeep::author {

// Fails with kForbidden for a licence that is stopped, or whose device is.
Done CheckNotStopped(const Publisher& publisher, const formats::Licence& licence, const std::string& place);

}  // namespace edgekeep::author
