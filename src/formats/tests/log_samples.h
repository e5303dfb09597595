// One valid entry of the log of each kind.
#pragma once
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/release_proof.h"
#include "samples.h"

namespace edgekeep::formats {

LogEntry SampleLogEntry();
ReleaseEntry SampleReleaseEntry();
Approval SampleApproval();
Rejection SampleRejection();
Verdict SampleVerdict();  // unfavourable
KeyCeremony SampleKeyCeremony();
PolicyChange SamplePolicyChange();
EpochChange SampleEpochChange();
Retirement SampleRetirement();
ReleaseProof SampleReleaseProof();

std::vector<ObjectKind> LogObjects();

}  // namespace edgekeep::formats
