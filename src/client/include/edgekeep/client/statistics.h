/* How calls, cells and sessions of a device fare, for who watches it. Include edgekeep/edgekeep.h.
 *
 * Counts only grow, from the beginning that each structure names; rates and latencies of a span of time are the
 * difference of two readings. */
#ifndef EDGEKEEP_CLIENT_STATISTICS_H
#define EDGEKEEP_CLIENT_STATISTICS_H

#include "edgekeep/client/errors.h"
#include "edgekeep/client/model.h"

#ifdef __cplusplus
extern "C" {
#endif

// NOLINTBEGIN: C names, C types
typedef struct ek_call_counts {
  uint64_t answered;     /* with outputs */
  uint64_t refused;      /* the model does not take them: the application's mistake */
  uint64_t failed;       /* by the engine or the cell, or out of the licence's bounds */
  uint64_t given_up;     /* nobody waited for them any more */
  uint64_t microseconds; /* that the answered ones took together, from when their cell took each to its answer */
} ek_call_counts;

/* Latencies are counted in EK_LATENCY_BUCKETS buckets, each at most an eighth of its beginning wide. */
#define EK_LATENCY_BUCKETS 192
/* Returns the first microsecond that is in no bucket up to this one; UINT64_MAX for the last one and beyond. */
EK_API uint64_t ek_latency_bucket_end(size_t bucket);

/* By powers of two: entry i counts calls of less than 2^i microseconds and no less than half of that, the last one all
 * longer ones. */
#define EK_LATENCY_OCTAVES 27

enum {
  EK_CELL_STARTING = 1,
  EK_CELL_SERVING = 2,
  EK_CELL_LINGERING = 3, /* without sessions, as its product's policy has it */
  EK_CELL_AWAITING = 4,  /* the first session: started at boot */
  EK_CELL_MOVING = 5,    /* its sessions go to another cell */
  EK_CELL_LOST = 6,      /* it crashed, and its successor is not there yet */
  EK_CELL_ENDING = 7,
  EK_CELL_UNRESPONSIVE = 8 /* it did not answer when it was asked how it fares */
};

/* Returns "starting", "serving", …, or "unknown". The text lives for ever. */
EK_API const char* ek_cell_state_name(uint32_t state);

/* One cell. Counts are of all its sessions since it began to serve. */
typedef struct ek_cell_figures {
  const char* product;
  const char* version;
  uint64_t version_sequence;
  uint32_t state;
  uint32_t threads;
  uint64_t seconds; /* since it began to serve */
  uint32_t is_read; /* 0: it could not be asked, and everything below is 0 */
  ek_call_counts calls;
  const uint64_t* latencies; /* EK_LATENCY_BUCKETS of them */
  uint64_t model_bytes;      /* the model's plaintext, in locked memory */
  uint64_t tensor_bytes;     /* that the engine computes with now */
  uint64_t ring_bytes;       /* shared with applications */
  uint64_t peak_bytes;       /* the most its process ever had resident */
} ek_cell_figures;

/* One session. Counts are since its present cell has it. */
typedef struct ek_session_figures {
  size_t cell;     /* its place in the list of cells */
  uint64_t number; /* while the keep runs, no other session has it */
  uint32_t user;
  uint32_t waiting;  /* calls submitted and not begun, now */
  uint32_t capacity; /* calls that may be under way at a time */
  uint64_t seconds;  /* since it was opened */
  ek_call_counts calls;
} ek_session_figures;

/* One product that was opened since the keep began. Counts are of all its cells since then; what a cell counted after
 * it was last asked is lost where it crashes. */
typedef struct ek_product_figures {
  const char* product;
  ek_call_counts calls;
  const uint64_t* octaves; /* EK_LATENCY_OCTAVES of them */
  uint32_t crashes;
  uint32_t wait_seconds; /* for so long no cell of it is started again */
} ek_product_figures;

typedef struct ek_statistics {
  uint64_t seconds; /* since the keep began */
  size_t num_cells;
  const ek_cell_figures* cells;
  size_t num_sessions;
  const ek_session_figures* sessions;
  size_t num_products;
  const ek_product_figures* products;
} ek_statistics;

/* Asks for the device's statistics, over the keep's admin socket. The caller ends it with ek_statistics_free; what it
 * points to lives until then. Fails like ek_admin_status, and with EK_BUSY while somebody else asks. */
EK_API ek_code ek_admin_statistics(const ek_client* client, const ek_statistics** statistics, ek_error* error);
EK_API void ek_statistics_free(const ek_statistics* statistics);
// NOLINTEND

#ifdef __cplusplus
}
#endif
#endif
