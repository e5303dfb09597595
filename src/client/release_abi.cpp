// The C interface for releases (edgekeep/client/release.h).
#include <cstring>

#include "edgekeep/client/release.h"
#include "identity.h"
#include "options.h"
#include "release.h"
#include "report.h"

namespace edgekeep::client {
namespace {

ek_release ReleaseOf(const gate::ReleaseFacts& facts) {
  ek_release release{};
  PutText(facts.product.view(), release.product);
  PutText(facts.version.display.view(), release.version);
  release.version_sequence = facts.version.sequence.value;
  release.security_epoch = facts.security_epoch;
  release.cosigned_at = facts.cosigned_at.value;
  return release;
}

ek_adopted AdoptedOf(const gate::AdoptAnswer& answer) {
  ek_adopted adopted{};
  adopted.kind = static_cast<std::uint32_t>(answer.kind);
  adopted.counts = answer.counts ? 1 : 0;
  adopted.number = answer.number;
  adopted.counts_from = answer.counts_from.value;
  return adopted;
}

struct TrustPaths {
  const char* root;
  const char* policy;
};

Outcome InitialiseInto(const ek_client& client, ByteView trust, const TrustPaths& paths, ek_device_identity* identity) {
  EK_TRY(CheckSized(identity));
  EK_TRY_ASSIGN(const gate::InitialiseAnswer answer, InitialiseUnderReleases(client, trust, paths.root, paths.policy));
  WriteSized(IdentityOf(answer), identity);
  return {};
}

struct RepositoryPaths {
  const char* repository;
  const char* directory;
};

Outcome RefreshInto(const ek_client& client, const RepositoryPaths& paths, ek_release* release) {
  EK_TRY(CheckSized(release));
  EK_TRY_ASSIGN(const gate::ReleaseFacts facts, RefreshRelease(client, paths.repository, paths.directory));
  WriteSized(ReleaseOf(facts), release);
  return {};
}

Outcome AdoptInto(const ek_client& client, const char* path, ek_adopted* adopted) {
  EK_TRY(CheckSized(adopted));
  EK_TRY_ASSIGN(const gate::AdoptAnswer answer, Adopt(client, path));
  WriteSized(AdoptedOf(answer), adopted);
  return {};
}

ek_code NullPointer(ek_error* error) {
  return Report(Error(ErrorCode::kBadArgument, "a pointer is null"), error);
}

}  // namespace
}  // namespace edgekeep::client

namespace ek = edgekeep::client;

// NOLINTBEGIN(readability-identifier-naming): C names
extern "C" ek_code ek_admin_initialise_under_releases(const ek_client* client, const void* trust, size_t trust_size,
                                                      const char* root_path, const char* policy_path,
                                                      ek_device_identity* identity, ek_error* error) {
  if (client == nullptr || trust == nullptr || root_path == nullptr || policy_path == nullptr)
    return ek::NullPointer(error);
  const edgekeep::ByteView bytes(static_cast<const std::uint8_t*>(trust), trust_size);
  return ek::ReportOutcome(ek::InitialiseInto(*client, bytes, {root_path, policy_path}, identity), error);
}

extern "C" ek_code ek_admin_refresh_release(const ek_client* client, const char* repository, const char* directory,
                                            ek_release* release, ek_error* error) {
  if (client == nullptr || repository == nullptr) return ek::NullPointer(error);
  return ek::ReportOutcome(ek::RefreshInto(*client, {repository, directory}, release), error);
}

extern "C" ek_code ek_admin_adopt(const ek_client* client, const char* path, ek_adopted* adopted, ek_error* error) {
  if (client == nullptr || path == nullptr) return ek::NullPointer(error);
  return ek::ReportOutcome(ek::AdoptInto(*client, path, adopted), error);
}

// NOLINTEND(readability-identifier-naming)
