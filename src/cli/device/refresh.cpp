#include "refresh.h"

#include "waiting.h"

namespace edgekeep::cli::device {

Done Refresh(const Session& session, const app::Client& client, const RefreshOptions& options) {
  const std::string& repository = options.repository;
  if (repository.empty()) return {};
  ek_error error;
  const Waiting waiting("refreshing the release from " + repository);
  const char* directory = options.release.empty() ? nullptr : options.release.c_str();
  if (ek_admin_refresh_release(client.get(), repository.c_str(), directory, nullptr, &error) == EK_OK) return {};
  return session.Refusal(app::Error(error), "refreshing the release from " + repository);
}

}  // namespace edgekeep::cli::device
