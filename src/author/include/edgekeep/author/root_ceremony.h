// Root ceremonies: who may release, made and changed by people who sign each on their own machine.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/author/fingerprint.h"
#include "edgekeep/author/signing_folder.h"

namespace edgekeep::author {

struct Role {
  std::vector<PublicHolder> holders;
  std::uint64_t threshold = 1;
};

struct RootContent {
  Role root;
  Role targets;   // approvers
  Role snapshot;  // services
  Role timestamp;
  UnixTime expires;
};

// Starts a ceremony for version 1 in a new folder. Fails where a threshold cannot be reached, is 1 for people, one
// holder has two sets of keys, or recovery keys (release/holders.h) are not held to their rules.
Done StartRoot(const Context& context, const std::string& folder, const RootContent& content);

// What a change of the root does to the one before. A holder who is replaced keeps his roles under new keys.
struct RootChange {
  std::vector<PublicHolder> replace;  // by name
  std::vector<std::string> remove;    // names
  std::vector<PublicHolder> add;      // to root and targets; recovery keys to root alone
  UnixTime expires;
};

// Starts a ceremony for the version after `root`, a file that is verified by its own keys. The folder gets a copy of
// it.
Done StartRootChange(const Context& context, const std::string& folder, const std::string& root,
                     const RootChange& change);

// One holder's standing in a ceremony.
struct Standing {
  std::string holder;
  bool signed_all = false;  // in every required class
};

struct Tally {
  std::string role;  // "root", "root before", "targets"
  std::uint64_t threshold = 0;
  std::vector<Standing> holders;

  std::uint64_t num_signed() const;
};

struct RootReview {
  std::uint64_t version = 0;
  Digest digest;
  std::string expires;
  std::vector<std::string> changes;  // in words, compared with the root before
  std::vector<ListedHolder> holders;
  std::vector<Tally> tallies;
  bool is_complete = false;
};

// Verifies all of the folder locally. `trusted` is the root before as this person has it, empty for version 1.
Outcome<RootReview> ReviewRoot(const Context& context, const std::string& folder, const std::string& trusted);

// Signs what ReviewRoot showed, and the log's entries of it: fails unless `digest` is what the folder holds; with
// kUntrusted where the root lists other keys under the signer's name, or the signer's under another. `new_keys` are
// those that the signer has there in place of `keys`, which the root before lists.
Done SignRoot(const Context& context, const std::string& folder, const std::string& trusted, const Digest& digest,
              const ReleaseKeys& keys, const PublicHolder* new_keys = nullptr);

// The finished root, signed by the quorum of the one before and its own. Fails with kBadSignature below either.
Outcome<std::string> FinishRoot(const Context& context, const std::string& folder, const std::string& trusted);

// An entry for the log of what the root's holders finished: content and signatures of the quorums, as `log append`
// takes them.
struct CeremonyEntry {
  std::string name;  // of its file
  std::string object;
};

// What a finished ceremony says to the log: of each role of people that it makes or changes. Fails as FinishRoot.
Outcome<std::vector<CeremonyEntry>> CeremonyEntries(const Context& context, const std::string& folder,
                                                    const std::string& trusted);

// That `root` is signed by the quorum of its own holders, each in every class, and has not expired.
Done CheckTrustedRoot(const Context& context, const std::string& root, const std::string& place);

}  // namespace edgekeep::author
