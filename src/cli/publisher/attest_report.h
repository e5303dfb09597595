// An appraisal in words: what a device said, and every check of it.
#pragma once
#include "edgekeep/attest/appraisal.h"
#include "factory_belief.h"
#include "session.h"
#include "wording.h"

namespace edgekeep::cli::publisher {

const char* NameOfAnchor(formats::AnchorKind anchor);
const char* NameOfLevel(formats::Isolation level);

void WarnOfSoftware(const Session& session);

// `path` names what was judged, `asked` which list of a factory says whose device it is. Claims of evidence that is not
// believed are told as such.
author::Done TellAppraisal(const Session& session, const std::string& path, const attest::Appraisal& appraisal,
                           const AskedList& asked);

}  // namespace edgekeep::cli::publisher
