// Which licence of a product a device was issued last, in PUBLISHER/issued: those before it were replaced by it. And
// when its KEM key was made anew last, in PUBLISHER/rekeyed.
#pragma once
#include <string>

#include "device_request.h"
#include "edgekeep/author/publisher.h"
#include "edgekeep/formats/licence.h"

namespace edgekeep::author {

Done RememberIssued(const Publisher& publisher, const formats::Licence& licence);

// Fails with kForbidden for a licence that was replaced, whatever `path` says of it. One that this publisher's
// directory does not remember, as it was issued elsewhere, is taken for the last.
Done CheckNotReplaced(const Publisher& publisher, const formats::Licence& licence, const std::string& path);

// Fails with kForbidden for a request that names an earlier rekey, or none, than one that was seen of the device: a
// licence for the key in it would be for whoever has what the rekey was to do away with. The latest is remembered.
Done CheckHasNewestKey(const Publisher& publisher, const VerifiedDevice& device, const std::string& path);

}  // namespace edgekeep::author
