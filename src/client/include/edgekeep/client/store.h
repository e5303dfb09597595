/* Storing an application's own secrets and small data. Include edgekeep/edgekeep.h.
 *
 * Values are encrypted on the disk, under keys that only this device's keep has, and no older copy of the disk brings
 * an older value back. They belong to the user that the program runs as (its effective user when it asks): every
 * program of that user sees them, and no other user's program can read, list, count or change them, root's tools
 * included that ask as root. A value is the new one or the old one, whenever the power fails. */
#ifndef EDGEKEEP_CLIENT_STORE_H
#define EDGEKEEP_CLIENT_STORE_H

#include "edgekeep/client/model.h"

#ifdef __cplusplus
extern "C" {
#endif

// NOLINTBEGIN: C names, C types
#define EK_MAX_VALUE_NAME 63     /* bytes of a name, each of A-Z, a-z, 0-9, dot, - and _ */
#define EK_MAX_VALUE_SIZE 16384  /* bytes of one value */
#define EK_MAX_VALUES 64         /* of one application */
#define EK_MAX_VALUES_SIZE 65536 /* bytes of all of its values and their names, with a few for each */

/* All functions here fail with EK_NOT_RUNNING, EK_FORBIDDEN (this user may not use the keep), EK_NOT_INITIALISED,
 * EK_DENIED (what is stored was changed on the disk, or put back from an older copy), EK_TIMED_OUT, EK_PEER_GONE,
 * EK_IO, EK_BAD_ARGUMENT (also a name that cannot be), besides what each one names. They wait as long as the client's
 * `timeout_ms` says. */

/* Stores `value` under `name`, in place of what was there. What is stored already costs nothing. Each other change
 * wears the device's silicon, so there is a bound: 64 at once, and one more every two hours. Fails with EK_OVER_RATE
 * (too many changes: nothing is stored, try again later), EK_TOO_LARGE (of the value, of all of them, or as many
 * applications as may be store something), EK_NO_SPACE. After EK_IO, EK_TIMED_OUT or EK_PEER_GONE the value is the old
 * or the new one. */
EK_API ek_code ek_store_put(const ek_client* client, const char* name, const void* value, size_t size, ek_error* error);

/* Copies a value to `buffer`: *size is the room before, the value's size after; with EK_TOO_LARGE it is the room
 * needed, and nothing is copied. EK_MAX_VALUE_SIZE is always enough. The library keeps no copy; wiping `buffer` is the
 * caller's. Fails with EK_NOT_FOUND. */
EK_API ek_code ek_store_get(const ek_client* client, const char* name, void* buffer, size_t* size, ek_error* error);

/* Deletes a value; with `name` NULL all of this application's, even where they were damaged, which is how to begin
 * anew. Never refused for its rate, but counted. Fails with EK_NOT_FOUND, for a name alone. */
EK_API ek_code ek_store_delete(const ek_client* client, const char* name, ek_error* error);

/* One value as it is listed. Its layout never changes. */
typedef struct ek_stored_value {
  char name[EK_MAX_VALUE_NAME + 1];
  size_t size;
} ek_stored_value;

/* What an application has used of its bounds. */
typedef struct ek_store_usage {
  size_t struct_size;
  size_t bytes_used;     /* of EK_MAX_VALUES_SIZE */
  uint32_t changes_left; /* that may be made now */
} ek_store_usage;

#define EK_STORE_USAGE_INIT {sizeof(ek_store_usage), 0, 0}

/* Lists the application's values by ascending names: *count is the room in `values` before, their number after; with
 * EK_TOO_LARGE it is the room needed. EK_MAX_VALUES is always enough. `usage` may be NULL, else its struct_size must be
 * set. */
EK_API ek_code ek_store_list(const ek_client* client, ek_stored_value* values, size_t* count, ek_store_usage* usage,
                             ek_error* error);
// NOLINTEND

#ifdef __cplusplus
}
#endif
#endif
