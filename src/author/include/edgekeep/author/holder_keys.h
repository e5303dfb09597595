// The public keys of people, as signed objects are verified with them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "edgekeep/author/release_keys.h"
#include "edgekeep/formats/trust_bundle.h"

namespace edgekeep::author {

struct VerifyingHolder {
  struct Key {
    std::uint16_t algorithm = 0;
    Bytes bytes;
  };

  std::string name;
  std::vector<Key> keys;
  bool is_approver = false;  // of releases: has the role `targets`
  bool is_recovery = false;  // signs roots and nothing else

  // Borrows from this.
  formats::Holder view() const;
};

// The people of a root, and recovery keys. Services are not among them.
struct RootPeople {
  std::vector<VerifyingHolder> people;
  std::uint64_t approvals = 0;  // that a release needs
  UnixTime expires;

  std::vector<formats::Holder> views() const;
  // Who may propose and reject, and approve: without recovery keys.
  std::vector<formats::Holder> deciding() const;
};

// `root` is believed.
Outcome<RootPeople> ReadRootPeople(const Context& context, const std::string& root);

Outcome<VerifyingHolder> ToVerifyingHolder(const PublicHolder& holder);

}  // namespace edgekeep::author
