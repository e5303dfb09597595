/* Releases, for administrators of devices that demand them. Include edgekeep/edgekeep.h. */
#ifndef EDGEKEEP_CLIENT_RELEASE_H
#define EDGEKEEP_CLIENT_RELEASE_H

#include "edgekeep/client/admin.h"

#ifdef __cplusplus
extern "C" {
#endif

// NOLINTBEGIN: C names, C types
/* As ek_admin_initialise, and puts the device under releases: it will install nothing but what a release names that
 * everybody stands behind whom the trust policy demands. `root_path` is a root of release metadata, `policy_path` a
 * trust policy signed by its holders. */
EK_API ek_code ek_admin_initialise_under_releases(const ek_client* client, const void* trust, size_t trust_size,
                                                  const char* root_path, const char* policy_path,
                                                  ek_device_identity* identity, ek_error* error);

typedef struct ek_release {
  size_t struct_size;
  char product[128];
  char version[33];
  uint64_t version_sequence;
  uint64_t security_epoch;
  uint64_t cosigned_at; /* seconds since 1970; 0: its cosigners state no time */
} ek_release;

/* Gives the keep, file by file, what it asks for of a repository in a directory, until it believes the newest release:
 * that is what may be installed then, and what is of the release in `directory` ("acme/label-ocr/stable/7"; NULL:
 * none). Nothing is decided here. `release` may be NULL, else its struct_size must be set. Fails with EK_BAD_STATE
 * where the device demands no releases. */
EK_API ek_code ek_admin_refresh_release(const ek_client* client, const char* repository, const char* directory,
                                        ek_release* release, ek_error* error);

enum { EK_ADOPTED_TRUST_POLICY = 1, EK_ADOPTED_TIME_REPAIR = 2, EK_ADOPTED_OPERATIONS_POLICY = 3 };

typedef struct ek_adopted {
  size_t struct_size;
  uint32_t kind;        /* one of EK_ADOPTED_… */
  uint32_t counts;      /* 0: a policy waits for its delay, a repair was not for this device */
  uint64_t number;      /* of the policy's version, or of the repair */
  uint64_t counts_from; /* of the device's time floor, seconds since 1970; of a repair: what the floor is now */
} ek_adopted;

/* Hands in a trust policy or a repair of time, as the root's people signed it, or an operations policy of the release
 * that was refreshed last, or proven beside it. `adopted` may be NULL, else its
 * struct_size must be set. */
EK_API ek_code ek_admin_adopt(const ek_client* client, const char* path, ek_adopted* adopted, ek_error* error);
// NOLINTEND

#ifdef __cplusplus
}
#endif
#endif
