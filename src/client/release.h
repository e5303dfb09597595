// Asking the keep what concerns releases.
#pragma once
#include "admin.h"
#include "edgekeep/gate/release.h"

namespace edgekeep::client {

Answer<gate::InitialiseAnswer> InitialiseUnderReleases(const ek_client& client, ByteView trust, const char* root_path,
                                                       const char* policy_path);
// `directory` may be null.
Answer<gate::ReleaseFacts> RefreshRelease(const ek_client& client, const char* repository, const char* directory);
Answer<gate::AdoptAnswer> Adopt(const ek_client& client, const char* path);

}  // namespace edgekeep::client
