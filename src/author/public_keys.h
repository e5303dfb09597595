// Public keys of holder.json files in the form in which signed objects name them.
#pragma once
#include <vector>

#include "edgekeep/author/release_keys.h"

namespace edgekeep::author {

// `holder` borrows from `storage`, which stays where it is when this is moved, and from the PublicHolder's name.
struct HolderWithKeys {
  std::vector<Bytes> storage;
  formats::Holder holder;
};

Result<HolderWithKeys> ReadHolderKeys(const PublicHolder& holder);

}  // namespace edgekeep::author
