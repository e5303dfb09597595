// Retired devices, as a publisher verifies, remembers and enters them (spec/orders.md §7).
#pragma once
#include <string>
#include <vector>

#include "edgekeep/author/order.h"
#include "edgekeep/author/publisher.h"
#include "edgekeep/author/root_ceremony.h"

namespace edgekeep::author {

struct RetiredDevice {
  DeviceId device;
  UnixTime retired_at;
  std::uint64_t order = 0;  // its sequence
  bool has_evidence = false;
  bool was_given = false;  // by people who may: verified where a trust policy was named
};

// What the device itself signed. With `trust` the order as well, by the people of that policy and root; without, that
// it was theirs is the device's word. Fails as release::VerifyRetirement and VerifyOrder do.
Outcome<RetiredDevice> VerifyRetirementFile(const Context& context, const std::string& certificate,
                                            const OrderTrust* trust);

// Keeps a copy in PUBLISHER/retired: from then on the device gets no licence, by issue, renewal or transfer.
Outcome<RetiredDevice> RememberRetired(const Context& context, const Publisher& publisher,
                                       const std::string& certificate);

// What the log is told of it: each holder of the root signs it into FOLDER/entries, and their quorum's is joined.
Done SignRetirementEntry(const Context& context, const std::string& certificate, const std::string& reason,
                         const std::string& folder, const ReleaseKeys& keys);
Outcome<std::vector<CeremonyEntry>> JoinRetirementEntry(const Context& context, const std::string& certificate,
                                                        const std::string& reason, const std::string& folder,
                                                        const std::string& root);

}  // namespace edgekeep::author
