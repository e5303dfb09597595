// Which licence of a product a device was issued last, in PUBLISHER/issued: those before it were replaced by it.
#pragma once
#include <string>

#include "edgekeep/author/publisher.h"
#include "edgekeep/formats/licence.h"

namespace edgekeep::author {

Done RememberIssued(const Publisher& publisher, const formats::Licence& licence);

// Fails with kForbidden for a licence that was replaced, whatever `path` says of it. One that this publisher's
// directory does not remember, as it was issued elsewhere, is taken for the last.
Done CheckNotReplaced(const Publisher& publisher, const formats::Licence& licence, const std::string& path);

}  // namespace edgekeep::author
