// Joint statements: one signed object out of what holders of a root signed, each on a machine of their own.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "edgekeep/author/root_ceremony.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/release/root_holders.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::author {

// Whose signatures count: everybody's who has a role's keys, for roots and what the log is told of them; or people's
// alone, for everything else, which recovery keys do not sign.
enum class Counted : std::uint8_t { kAll, kPeople };

// Roots whose quorums count; the one before is empty where there is none.
struct CountedRoots {
  const std::string& root;
  const std::string& root_before;
  Counted counted;
};

// What is said, and signed objects over exactly this; the payload is borrowed.
struct JointStatement {
  std::string_view type;
  ByteView payload;
  std::vector<Bytes> files;
};

// Signatures that are to stand in the joint object, of holders who count; they borrow from the statement.
struct JointSignatures {
  std::span<const formats::Holder> HoldersOf(const release::RootHolders& root) const;

  Counted counted = Counted::kAll;
  std::vector<release::RootHolders> roots;
  std::vector<Tally> tallies;                                               // of each root
  std::vector<std::pair<std::string, formats::SignatureEntry>> signatures;  // with the holder's name

  bool IsComplete() const;
};

// Who of the roots signed. Wrong files count for nobody.
Outcome<JointSignatures> CountSigners(const Context& context, const JointStatement& statement,
                                      const CountedRoots& roots);

// The object, with as few signers as make every quorum. Fails with kBadSignature or kUntrusted below one, kTooLarge
// where they need more than the 16 signatures that an object has room for.
Outcome<Bytes> JoinSignatures(const Context& context, const JointStatement& statement, const JointSignatures& count,
                              const std::string& place);

}  // namespace edgekeep::author
