/* Taking files of an installed package out of protection. Include edgekeep/edgekeep.h.
 *
 * For programs that can load a model from a file only. The licence must allow export (spec/licence.md §6), and what is
 * handed out is plaintext in an ordinary program: no cell confines it, nothing wipes it, no licence is asked again.
 * Open the model (edgekeep/client/model.h) wherever that will do. */
#ifndef EDGEKEEP_CLIENT_EXPORT_H
#define EDGEKEEP_CLIENT_EXPORT_H

#include "edgekeep/client/model.h"

#ifdef __cplusplus
extern "C" {
#endif

// NOLINTBEGIN: C names, C types
#define EK_MAX_EXPORTED 64 /* files of one call: as many as a package has */

/* Hands out files of an installed product: `paths[i]` as they are called in the package, NULL or "" for its model,
 * whatever that is called. `files[i]` becomes a descriptor of memory that holds all of the file and that nobody can
 * change any more, close-on-exec, the caller's to close; its name for open(2) is "/proc/self/fd/N". All files are of
 * one version. On failure there are none. `timeout_ms` bounds the whole call; EK_TIMEOUT_DEFAULT is the client's.
 *
 * Fails as ek_model_open does, before any key was used with EK_FORBIDDEN (the licence does not allow export), with
 * EK_NOT_FOUND also for a path the package has not, with EK_BUSY also when another version was installed meanwhile. */
EK_API ek_code ek_export_files(const ek_client* client, const char* product, const char* const* paths, size_t num_paths,
                               uint32_t timeout_ms, int* files, ek_error* error);
// NOLINTEND

#ifdef __cplusplus
}
#endif
#endif
