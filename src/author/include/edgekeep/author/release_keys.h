// Keys of the people and services that release: one holder each, one key per required class of algorithms.
#pragma once
#include <string>

#include "edgekeep/author/publisher.h"
#include "edgekeep/json/value.h"

namespace edgekeep::author {

struct NewReleaseKeys {
  std::string directory;  // must not exist, or be empty
  std::string holder;     // IsName
  Profile profile = Profile::kGeneral;
  std::string token;  // PKCS#11 URI of the classical key, made where it is not there; empty for a file
};

// What everybody may have of a holder: HOLDER.holder.json.
struct PublicHolder {
  std::string name;
  std::vector<json::Object> keys;  // as release metadata has them
};

// The opened keys of a holder.
struct ReleaseKeys {
  PublicHolder holder;
  HolderKeys keys;
};

// Makes a directory (mode 0700) with fresh keys, or where the one on a token lies, under `passphrase` and
// HOLDER.holder.json, or nothing.
Outcome<PublicHolder> CreateReleaseKeys(const Context& context, const NewReleaseKeys& wanted,
                                        const SecretBytes& passphrase);

// Fails unless the file names one holder, with a key in each of both classes, of which none is another's.
Outcome<PublicHolder> ReadPublicHolder(const std::string& path);
// The same of a file's text, which is from `place`.
Outcome<PublicHolder> ParsePublicHolder(std::string_view text, const std::string& place);

// Asks for the PIN where a key lies on a token.
Outcome<ReleaseKeys> OpenReleaseKeys(const Context& context, const std::string& directory,
                                     const SecretBytes& passphrase);

}  // namespace edgekeep::author
