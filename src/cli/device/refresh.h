// Refreshing the release of a device from a published repository.
#pragma once
#include "session.h"

namespace edgekeep::cli::device {

struct RefreshOptions {
  std::string repository;  // empty: nothing is refreshed
  std::string release;     // PRODUCT/CHANNEL/SEQUENCE beside the newest; may be empty
};

// The keep asks, we fetch: what is believed is its to say.
Done Refresh(const Session& session, const app::Client& client, const RefreshOptions& options);

}  // namespace edgekeep::cli::device
