/* What a device says of itself to a verifier, over the keep's admin socket. Include edgekeep/edgekeep.h. */
#ifndef EDGEKEEP_CLIENT_ATTEST_H
#define EDGEKEEP_CLIENT_ATTEST_H

#include "edgekeep/client/errors.h"
#include "edgekeep/client/model.h"

#ifdef __cplusplus
extern "C" {
#endif

// NOLINTBEGIN: C names, C types
/* In both, *size is the room in `buffer` before, the size of what was made after; with EK_TOO_LARGE it is the room
 * needed. 65536 bytes are always enough. They fail as the functions of admin.h do. */

/* Gives the keys by which the device wants to be known to a verifier (a .ekk file's contents). */
EK_API ek_code ek_admin_attestation_keys(const ek_client* client, void* buffer, size_t* size, ek_error* error);

/* Has the device answer a verifier's challenge or activation, `asked`, with evidence (a .ekv file's contents). Fails
 * with EK_DENIED for an activation that is another device's. */
EK_API ek_code ek_admin_attest(const ek_client* client, const void* asked, size_t asked_size, void* buffer,
                               size_t* size, ek_error* error);
// NOLINTEND

#ifdef __cplusplus
}
#endif
#endif
