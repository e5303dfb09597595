// Checkpoints of a log that somebody keeps who reads it again: a directory of SIZE.checkpoint.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/log/trust.h"
#include "edgekeep/release/log/policy.h"
#include "session.h"

namespace edgekeep::cli::publisher {

// Where they are, and whose word about them counts, up to when.
struct SeenPlace {
  const std::string& directory;  // empty: nothing is kept
  const release::log::Policy& policy;
  UnixTime not_after;
};

// Those that the policy believes, of the log of this origin; none where the directory is not there yet. Others are
// passed over with a warning: cosigners and keys change, and a clock of theirs may have run ahead. Fails with the name
// of what is no checkpoint, or another log's: who forgets what was seen believes a fork.
author::Outcome<std::vector<log::CosignedHead>> ReadSeen(const Session& session, const SeenPlace& place,
                                                         std::string_view origin);

struct SeenFile {
  std::uint64_t size = 0;
  std::optional<UnixTime> cosigned_at;  // none: the policy does not believe it now
  std::string path;
};

// Which of `files` may go until no more than `most` are left, of a log that continues all of them up to the size
// `newest`: those that are not believed, then those that say no later time than one of a smaller size, then, but for
// the recent ones and the first, those between whose neighbours the least time passed.
std::vector<std::string> FilesToThinOut(std::vector<SeenFile> files, std::uint64_t newest, std::size_t most);

// Adds the checkpoint of `note`, which is proven to continue all that were kept, where the policy believes it and a
// quorum says when it was cosigned. One of the same tree takes the place of one that was cosigned earlier, or is not
// believed any more. Where there are more than 5,000 then, they are thinned out.
author::Done KeepSeen(const Session& session, const SeenPlace& place, const std::string& note);

}  // namespace edgekeep::cli::publisher
