// Fingerprints of holders: what people compare by another channel before they sign who has keys
// (spec/release-metadata.md §1).
#pragma once
#include <set>
#include <string>
#include <vector>

#include "edgekeep/author/release_keys.h"
#include "edgekeep/formats/trust_bundle.h"

namespace edgekeep::author {

// A name with its keys. `keys` are key ids as signed objects have them (crypto::KeyIdOf), in hexadecimal: unlike those
// of release metadata they are no labels.
struct Fingerprint {
  std::set<std::string> keys;
  Digest digest;  // over the name and all of `keys`

  friend bool operator==(const Fingerprint& a, const Fingerprint& b) { return a.digest == b.digest; }
};

Outcome<Fingerprint> FingerprintOf(const Context& context, const formats::Holder& holder);
Outcome<Fingerprint> FingerprintOf(const Context& context, const PublicHolder& holder);

// "1a2b 3c4d 5e6f 7a8b 9c0d": the first 80 bits.
std::string ShortText(const Fingerprint& fingerprint);

enum class HolderChange : std::uint8_t { kNone, kNew, kOtherKeys };

// A holder as people are shown them. One name with two sets of keys is listed twice.
struct ListedHolder {
  std::string name;
  std::vector<std::string> roles;
  Fingerprint fingerprint;
  HolderChange change = HolderChange::kNone;  // against the root before, where there is one
};

// What somebody signs with, and the new keys that they have in the root from now on, where those are others.
struct SignersKeys {
  const PublicHolder& now;
  const PublicHolder* next = nullptr;
};

// Fails with kUntrusted where the list has other keys than `own` under that name, or one of its keys under another.
Done CheckOwnKeys(const std::vector<ListedHolder>& listed, const std::string& name, const Fingerprint& own,
                  const std::string& place);

}  // namespace edgekeep::author
