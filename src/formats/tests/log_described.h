// Fields of log entries, for the vectors.
#pragma once
#include "described.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/release_proof.h"

namespace edgekeep::formats {

Json Describe(const LogEntry& entry);
Json Describe(const ReleaseEntry& entry);
Json Describe(const Approval& approval);
Json Describe(const Rejection& rejection);
Json Describe(const Verdict& verdict);
Json Describe(const KeyCeremony& ceremony);
Json Describe(const PolicyChange& change);
Json Describe(const EpochChange& change);
Json Describe(const Retirement& retirement);
Json Describe(const ReleaseProof& proof);

}  // namespace edgekeep::formats
