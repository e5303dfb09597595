/* Opening and running models. Include edgekeep/edgekeep.h. */
#ifndef EDGEKEEP_CLIENT_MODEL_H
#define EDGEKEEP_CLIENT_MODEL_H

#include "edgekeep/client/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

// NOLINTBEGIN: C names, C types
#define EK_MAX_RANK 8
#define EK_MAX_TENSORS 32 /* inputs or outputs of one model */
#define EK_MAX_CALLS 16   /* calls of one model under way at a time */

/* A time-out: milliseconds, or one of these. */
#define EK_TIMEOUT_DEFAULT 0u        /* what the options say; where they say nothing, 60 seconds */
#define EK_TIMEOUT_NOW 0xFFFFFFFEu   /* do not wait: only look */
#define EK_TIMEOUT_NEVER 0xFFFFFFFFu /* wait as long as the other side lives */

/* Element types have ONNX's numbers. Elements of 4 and of 2 bits lie in each byte from its low bits on, the first
 * element lowest; rows do not begin at bytes of their own, and the bits behind the last element mean nothing. */
typedef uint32_t ek_element_type;

enum {
  EK_FLOAT32 = 1,
  EK_UINT8 = 2,
  EK_INT8 = 3,
  EK_UINT16 = 4,
  EK_INT16 = 5,
  EK_INT32 = 6,
  EK_INT64 = 7,
  EK_STRING = 8,
  EK_BOOL = 9,
  EK_FLOAT16 = 10,
  EK_FLOAT64 = 11,
  EK_UINT32 = 12,
  EK_UINT64 = 13,
  EK_BFLOAT16 = 16,
  EK_FLOAT8E4M3FN = 17,
  EK_FLOAT8E4M3FNUZ = 18,
  EK_FLOAT8E5M2 = 19,
  EK_FLOAT8E5M2FNUZ = 20,
  EK_UINT4 = 21,
  EK_INT4 = 22,
  EK_FLOAT4E2M1 = 23,
  EK_FLOAT8E8M0 = 24,
  EK_UINT2 = 25,
  EK_INT2 = 26
};

/* The way to one device's keep. */
typedef struct ek_client ek_client;

typedef struct ek_client_options {
  size_t struct_size;
  const char* root;         /* the device's root directory; NULL: "/" */
  const char* app_socket;   /* NULL: ROOT/run/edgekeep/app.sock */
  const char* admin_socket; /* NULL: ROOT/run/edgekeep/admin.sock */
  uint32_t timeout_ms;      /* for the keep's answers */
} ek_client_options;

#define EK_CLIENT_OPTIONS_INIT {sizeof(ek_client_options), NULL, NULL, NULL, EK_TIMEOUT_DEFAULT}

/* Makes a client. `options` may be NULL. Nothing is connected yet: each request connects anew, so a client outlives
 * restarts of the keep. Fails with EK_BAD_ARGUMENT (a path too long for a socket, a wrong struct_size), EK_NO_MEMORY.
 */
EK_API ek_code ek_client_open(const ek_client_options* options, ek_client** client, ek_error* error);

/* Ends a client; models opened through it stay open. */
EK_API void ek_client_close(ek_client* client);

/* One opened model: one session with the cell that serves it. */
typedef struct ek_model ek_model;

typedef struct ek_model_options {
  size_t struct_size;
  uint64_t ring_bytes; /* room for one call's inputs and outputs together; 0: the keep's default (64 MiB) */
  uint32_t threads;    /* of the engine, where this open starts it; 0: the keep's default */
  uint32_t timeout_ms; /* for opening, and for runs that name none */
  uint32_t max_calls;  /* under way at a time, each with ring_bytes of room, at most EK_MAX_CALLS; 0: 1 */
} ek_model_options;

#define EK_MODEL_OPTIONS_INIT {sizeof(ek_model_options), 0, 0, EK_TIMEOUT_DEFAULT, 0}

/* Opens an installed, licensed product ("publisher/name"). Who opens a product that is open already joins its cell, and
 * takes that cell's threads, whatever `threads` says; calls of several sessions take turns. `options` may be NULL.
 * Fails with EK_NOT_RUNNING (no keep), EK_NOT_FOUND (not installed), EK_DENIED, EK_EXPIRED and other refusals of the
 * keep, EK_TIMED_OUT, EK_PEER_GONE, EK_MALFORMED (an answer that makes no sense), EK_BAD_ARGUMENT. */
EK_API ek_code ek_model_open(const ek_client* client, const char* product, const ek_model_options* options,
                             ek_model** model, ek_error* error);

/* Closes the session; with the last one of its cell, the cell wipes the model and ends. Never waits for it. */
EK_API void ek_model_close(ek_model* model);

/* What is known of an opened model. */
typedef struct ek_model_description {
  const char* product;
  const char* version;       /* as the publisher displays it */
  uint64_t version_sequence; /* by which versions compare */
  uint64_t ring_bytes;       /* room for one call's inputs and outputs together */
  size_t num_inputs;
  size_t num_outputs;
  uint32_t max_calls;  /* under way at a time */
  uint32_t provider;   /* that its cell computed on when it was opened, by the policy's numbers: 1 for the CPU */
  size_t num_features; /* that the licence named when it was opened */
} ek_model_description;

/* An input or output. A dimension of -1 is free: any size of at least 0. */
typedef struct ek_tensor_info {
  const char* name;
  ek_element_type type;
  uint32_t rank;
  int64_t shape[EK_MAX_RANK]; /* `rank` of them count */
} ek_tensor_info;

/* Return borrowed pointers that live as long as the model; the latter two NULL when there is no such index. */
EK_API const ek_model_description* ek_model_info(const ek_model* model);
EK_API const ek_tensor_info* ek_model_input(const ek_model* model, size_t index);
EK_API const ek_tensor_info* ek_model_output(const ek_model* model, size_t index);

/* What the licence under which the model was opened names, as texts that live as long as the model; NULL when there is
 * no such index. What a feature means is between the application and its publisher. */
EK_API const char* ek_model_feature(const ek_model* model, size_t index);
/* 1 where the licence names `feature`, 0 where it does not. */
EK_API int ek_model_has_feature(const ek_model* model, const char* feature);

/* One element of an EK_STRING tensor: any bytes, zeros among them. Whether they must be UTF-8 is the model's matter;
 * ONNX means UTF-8. A call carries at most 1048576 strings. */
typedef struct ek_string {
  const char* bytes; /* may be NULL where size is 0; nothing ends them but their size */
  size_t size;
} ek_string;

/* An input of one run: dense, row-major, in this machine's byte order. Its layout never changes. For EK_STRING, `data`
 * points to one ek_string for each element, and `size` is their number times sizeof(ek_string). */
typedef struct ek_input {
  const char* name; /* NULL: the input at this position */
  ek_element_type type;
  uint32_t rank;
  const int64_t* shape;
  const void* data;
  size_t size;
} ek_input;

/* An output of one run. Its layout never changes. With `buffer`, the output is copied there; without, `data` becomes a
 * view that is valid until the next run on this model or its end. A view is memory the cell can still write: copy what
 * you parse before you check it. Elements of EK_STRING are taken out by ek_output_string. */
typedef struct ek_output {
  const char* name; /* NULL: the output at this position */
  void* buffer;     /* yours, or NULL for a view */
  size_t capacity;  /* of `buffer` */
  /* written by the call: */
  const void* data; /* `buffer`, or the view */
  size_t size;
  ek_element_type type;
  uint32_t rank;
  int64_t shape[EK_MAX_RANK];
} ek_output;

/* Runs the model once. May be called by several threads at once: each run takes one of the model's `max_calls` places,
 * and waits for one that is free. Every input of the model must be given; of its outputs, those wanted (none is
 * allowed). `timeout_ms` bounds the whole call, waiting for a place included.
 *
 * Fails with EK_BAD_TENSOR (an input is not what the model takes), EK_NOT_FOUND (no output of that name), EK_TOO_LARGE
 * (inputs and outputs do not fit the ring: `where` says how many ring_bytes they take; or some `buffer` is too small:
 * then every output's `size`, `type`, `rank` and `shape` are written, no buffer is, and the run may be repeated with
 * more room), EK_MODEL_REFUSED, EK_PEER_GONE (the cell ended while it was at this call, which is not repeated: the next
 * run may find another one; if it says so again at once, open the model anew), EK_BUSY (the cell crashed and no other
 * one may be started yet), EK_MALFORMED (open the model anew), EK_TIMED_OUT. After a time-out the place is free again
 * when the cell has finished. */
EK_API ek_code ek_model_run(ek_model* model, const ek_input* inputs, size_t num_inputs, ek_output* outputs,
                            size_t num_outputs, uint32_t timeout_ms, ek_error* error);

/* Points `string` to one element of an EK_STRING output, inside its `data`. Fails with EK_BAD_ARGUMENT (no output of
 * strings, no such element) or EK_MALFORMED (the cell wrote nonsense; of a view, it may do so at any time). */
EK_API ek_code ek_output_string(const ek_output* output, size_t index, ek_string* string);
// NOLINTEND

#ifdef __cplusplus
}
#endif
#endif
