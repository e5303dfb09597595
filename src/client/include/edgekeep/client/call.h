/* Calls of a model that do not wait. Include edgekeep/edgekeep.h. */
#ifndef EDGEKEEP_CLIENT_CALL_H
#define EDGEKEEP_CLIENT_CALL_H

#include "edgekeep/client/model.h"

#ifdef __cplusplus
extern "C" {
#endif

// NOLINTBEGIN: C names, C types
/* One call under way, or answered. Used by one thread at a time; it ends before its model is closed. */
typedef struct ek_call ek_call;

/* Hands inputs to the model, as ek_model_run does, and does not wait for the answer; `inputs` and what they point to
 * may be changed afterwards. As many calls may be under way as `max_calls` of ek_model_options says, each in a place of
 * its own; the cell takes them one by one. Where all places are taken, waits until another thread ends its call, or
 * fails: with EK_TIMED_OUT, or by EK_TIMEOUT_NOW with EK_BUSY (a call has its place until it is ended, answered or not:
 * a thread that holds them all would wait for itself). The caller ends the call with ek_call_end. Fails also with
 * EK_BAD_TENSOR, EK_TOO_LARGE, EK_PEER_GONE, EK_MALFORMED, EK_NO_MEMORY. */
EK_API ek_code ek_call_submit(ek_model* model, const ek_input* inputs, size_t num_inputs, uint32_t timeout_ms,
                              ek_call** call, ek_error* error);

/* An input that the application writes where the cell reads it. Its layout never changes. */
typedef struct ek_bound_input {
  const char* name; /* NULL: the input at this position */
  ek_element_type type;
  uint32_t rank;
  const int64_t* shape;
  /* written by ek_call_bind: */
  void* buffer; /* for its elements: dense, row-major, in this machine's byte order; begins a cache line */
  size_t size;  /* of all of them */
} ek_bound_input;

/* Takes a place, as ek_call_submit does, for calls whose inputs need not be copied on this side: the application writes
 * them to the `buffer` of each, and ek_call_start hands them to the model, as often as it likes. Buffers last until
 * ek_call_end. The cell copies them before it computes. Fails as ek_call_submit does; tensors of EK_STRING cannot be
 * bound (EK_BAD_TENSOR). */
EK_API ek_code ek_call_bind(ek_model* model, ek_bound_input* inputs, size_t num_inputs, uint32_t timeout_ms,
                            ek_call** call, ek_error* error);

/* Hands a bound call's inputs to the model, and does not wait for the answer: ek_call_wait does, and then it may be
 * started again, with what is in the buffers by then. They are not to be written meanwhile; views of the outputs before
 * end. Asking for a receipt spoils the buffers: all of them are to be written anew. Fails with EK_BAD_STATE (the call
 * is not bound, or still under way), EK_PEER_GONE, EK_MALFORMED. */
EK_API ek_code ek_call_start(ek_call* call, ek_error* error);

/* Waits for the answer, and gives the wanted outputs as ek_model_run does; views last until ek_call_end. May be called
 * again: after EK_TIMED_OUT, since the call goes on, and after EK_TOO_LARGE with more room. A bound call that was never
 * started fails with EK_BAD_STATE. */
EK_API ek_code ek_call_wait(ek_call* call, ek_output* outputs, size_t num_outputs, uint32_t timeout_ms,
                            ek_error* error);

/* The receipt of an answered call, where the product's policy has receipts (spec/receipt.md): the device's signed word
 * on what went in and what came out, for anybody to check with `edgekeep receipt verify`. Copies at most `capacity`
 * bytes and writes the whole size; EK_MAX_RECEIPT is always enough. Views of the call's outputs end. A cell keeps
 * receipts for a while: ask soon, and before ek_call_end. Fails with EK_NOT_FOUND (the policy wants none, or it is no
 * longer kept), EK_BAD_STATE (the call was not answered), EK_TOO_LARGE (`capacity`), EK_TIMED_OUT, EK_PEER_GONE. */
#define EK_MAX_RECEIPT 8192
EK_API ek_code ek_call_receipt(ek_call* call, void* buffer, size_t capacity, size_t* size, uint32_t timeout_ms,
                               ek_error* error);

/* Returns 1 when ek_call_wait would not have to wait (the answer is there, or will never come), else 0. */
EK_API int ek_call_is_done(ek_call* call);

/* Ends a call, at any time; `call` may be NULL. One that was not answered yet is cancelled: if the cell has not begun
 * it, it never will; if it has, the answer is dropped, and until then the call counts as under way. Never waits. */
EK_API void ek_call_end(ek_call* call);
// NOLINTEND

#ifdef __cplusplus
}
#endif
#endif
