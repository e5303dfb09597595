// Keys on tokens with words for what goes wrong, and the files that say where such keys lie.
#pragma once
#include <memory>
#include <string>

#include "edgekeep/author/context.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::author {

// Takes the key that `uri` names, or makes it.
Outcome<std::unique_ptr<sealing::SigningKey>> MakeTokenKey(const Context& context, const std::string& uri,
                                                           crypto::AlgorithmId algorithm);

// Opens the key whose URI is the one line of the file at `path`.
Outcome<std::unique_ptr<sealing::SigningKey>> OpenTokenFile(const Context& context, const std::string& path,
                                                            crypto::AlgorithmId algorithm);

}  // namespace edgekeep::author
