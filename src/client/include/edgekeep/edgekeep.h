/* libedgekeep: run protected models through the keep of this device, and administer the device. C11 and C++.
 *
 * An application opens a client, opens a model by its product name, hands in tensors and gets tensors; it never sees a
 * key and never holds the model. What all functions share:
 *
 * - Errors: a function that can fail returns an ek_code, 0 for success. Where it takes an `ek_error*`, that may be
 * NULL; otherwise it is written on every return. Numbers and names are stable (spec/errors.md). Out-parameters are
 * written on success only, unless their documentation says otherwise.
 * - Sizes are in bytes. Text is NUL-terminated UTF-8 unless a size stands beside it.
 * - Ownership: what an `…_open` gives is ended by the matching `…_close` (NULL is allowed there). Pointers handed in
 * are used during the call only.
 * - Threads: functions may be called from any thread. A client may be used by many threads at once; runs of one
 *   model handle share its `max_calls` places, runs of different handles go side by side. Ending a handle while another
 *   thread uses it is an error of the program. Handles do not survive fork().
 * - Growth: structures that a caller fills and that begin with `struct_size` are made by their EK_…_INIT; structures
 * the library hands out by pointer may gain fields at their end in later versions.
 * - The other side may be broken or hostile: every answer is checked, every wait has an end. The library installs no
 *   signal handler, raises no SIGPIPE, writes nothing to standard streams, and never ends the process because of what
 *   a keep or cell sent.
 */
#ifndef EDGEKEEP_EDGEKEEP_H
#define EDGEKEEP_EDGEKEEP_H

#include "edgekeep/client/admin.h"
#include "edgekeep/client/attest.h"
#include "edgekeep/client/call.h"
#include "edgekeep/client/errors.h"
#include "edgekeep/client/export.h"
#include "edgekeep/client/model.h"
#include "edgekeep/client/order.h"
#include "edgekeep/client/owner.h"
#include "edgekeep/client/release.h"
#include "edgekeep/client/statistics.h"
#include "edgekeep/client/store.h"

#endif
