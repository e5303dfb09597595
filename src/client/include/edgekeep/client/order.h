/* Orders that people give to a device, and its change of owner, over the keep's admin socket. Include
 * edgekeep/edgekeep.h. */
#ifndef EDGEKEEP_CLIENT_ORDER_H
#define EDGEKEEP_CLIENT_ORDER_H

#include "edgekeep/client/errors.h"
#include "edgekeep/client/model.h"

#ifdef __cplusplus
extern "C" {
#endif

// NOLINTBEGIN: C names, C types
/* In all, *size is the room in `buffer` before, the size of what was made after; with EK_TOO_LARGE it is the room
 * needed. 65536 bytes are always enough. They fail as the functions of admin.h do. */

/* Hands a signed order in (a .eko file's contents), which the device obeys or refuses; it is obeyed once. What comes
 * back is evidence where the order asks for it, and empty otherwise. */
EK_API ek_code ek_admin_order(const ek_client* client, const void* order, size_t order_size, void* buffer, size_t* size,
                              ek_error* error);

/* Gives who may order this device what `kind` names ("retire"), as spec/orders.md §4 encodes it. */
EK_API ek_code ek_admin_order_authority(const ek_client* client, const char* kind, void* buffer, size_t* size,
                                        ek_error* error);

/* Hands in what the device's owner and the next one signed (a .ekw file's contents): the device changes hands, once.
 * What comes back is a transfer-answer, as spec/transfer.md §4 encodes it. */
EK_API ek_code ek_admin_transfer(const ek_client* client, const void* transfer, size_t transfer_size, void* buffer,
                                 size_t* size, ek_error* error);
// NOLINTEND

#ifdef __cplusplus
}
#endif
#endif
