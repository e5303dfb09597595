// An appraisal in words: what a device said, and every check of it.
#pragma once
#include "edgekeep/attest/appraisal.h"
#include "session.h"
#include "wording.h"

namespace edgekeep::cli::publisher {

const char* NameOfAnchor(formats::AnchorKind anchor);
const char* NameOfLevel(formats::Isolation level);

void WarnOfSoftware(const Session& session);

// `path` names what was judged. Claims of evidence that is not believed are told as such.
author::Done TellAppraisal(const Session& session, const std::string& path, const attest::Appraisal& appraisal);

}  // namespace edgekeep::cli::publisher
