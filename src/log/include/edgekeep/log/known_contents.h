// What somebody here proposed: contents of the log's entries that a monitor need not report.
#pragma once
#include <set>
#include <string>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/log_entry.h"

namespace edgekeep::log {

// Reads signed objects (*.ekl) in each directory and at most two levels below it: folders of proposals and ceremonies,
// and directories of them. Whose signatures they have does not matter: whoever may write there says what is known.
Status AddProposed(const crypto::Provider& provider, const std::string& directory,
                   std::set<formats::ContentDigest>& known);

// A file of content digests: 64 hexadecimal characters in a line; empty lines and ones that begin with '#' say nothing.
Status AddListed(const std::string& path, std::set<formats::ContentDigest>& known);

}  // namespace edgekeep::log
