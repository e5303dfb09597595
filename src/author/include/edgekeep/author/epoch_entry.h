// A product's next epoch, as the log is told of it (spec/log-entries.md §2): it revokes devices, so the root's quorum
// says so where everybody can read it.
#pragma once
#include <string>
#include <vector>

#include "edgekeep/author/root_ceremony.h"
#include "edgekeep/base/ids.h"

namespace edgekeep::author {

struct EpochNotice {
  ProductName product;
  Epoch epoch;         // from 2 on: the first one begins with the product
  std::string reason;  // what the log says of it
};

// Each holder of the root signs it into FOLDER/entries.
Done SignEpochEntry(const Context& context, const EpochNotice& notice, const std::string& folder,
                    const ReleaseKeys& keys);

// Their quorum's, joined. Fails with kBadSignature below it.
Outcome<CeremonyEntry> JoinEpochEntry(const Context& context, const EpochNotice& notice, const std::string& folder,
                                      const std::string& root);

// That `entry`, a joined one, says by the quorum of `root` that this product's next epoch is this one. Fails with
// kWrongProduct or kWrongVersion where it is about another, else as CountSigners, or with kBadSignature below a quorum.
Done CheckEpochEntry(const Context& context, const std::string& entry, const std::string& root,
                     const ProductName& product, Epoch epoch);

}  // namespace edgekeep::author
