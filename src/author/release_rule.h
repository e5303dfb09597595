// What a statement of holders about a release needs from each of them.
#pragma once
#include "edgekeep/author/signing_folder.h"
#include "edgekeep/release/holders.h"

namespace edgekeep::author {

inline constexpr release::HolderRule kReleaseRule{.required_classes = kReleaseClasses};

}  // namespace edgekeep::author
