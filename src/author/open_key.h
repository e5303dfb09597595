// Opening key files with words for what goes wrong.
#pragma once
#include <string>

#include "edgekeep/author/publisher.h"

namespace edgekeep::author {

Outcome<signer::StoredKey> OpenKey(const Context& context, const std::string& path, std::string_view purpose,
                                   const SecretBytes& passphrase);

}  // namespace edgekeep::author
