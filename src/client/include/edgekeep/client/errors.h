/* Error codes of libedgekeep. Include edgekeep/edgekeep.h. */
#ifndef EDGEKEEP_CLIENT_ERRORS_H
#define EDGEKEEP_CLIENT_ERRORS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define EK_API __attribute__((visibility("default")))
#else
#define EK_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

// NOLINTBEGIN: C names, C types
/* Stable numbers (spec/errors.md). Later versions may add some: treat an unknown one as a failure. */
typedef uint32_t ek_code;

enum {
  EK_OK = 0,
  EK_DENIED = 1,        /* refused; the reason is in the keep's journal */
  EK_MALFORMED = 2,     /* damaged bytes, or an answer that makes no sense */
  EK_UNSUPPORTED = 3,   /* another version, suite, algorithm or kind */
  EK_TOO_LARGE = 4,     /* over a limit, or a caller's buffer is too small */
  EK_BAD_SIGNATURE = 5, /* a required signature is missing or wrong */
  EK_UNTRUSTED = 6,     /* signed by nobody this device trusts */
  EK_EXPIRED = 7,
  EK_NOT_YET_VALID = 8,
  EK_WRONG_DEVICE = 9,
  EK_WRONG_PRODUCT = 10,
  EK_WRONG_VERSION = 11,
  EK_NOT_FOUND = 12,
  EK_ALREADY_EXISTS = 13,
  EK_NOT_INITIALISED = 14, /* the device has no trust bundle yet */
  EK_FORBIDDEN = 15,       /* not for this user, or by licence, policy or order */
  EK_BUSY = 16,
  EK_TIMED_OUT = 17,
  EK_PEER_GONE = 18,     /* keep or cell ended while a call waited */
  EK_MODEL_REFUSED = 19, /* the engine cannot load or run this model */
  EK_BAD_TENSOR = 20,    /* name, shape, type or size of an input */
  EK_NO_MEMORY = 21,
  EK_NO_SPACE = 22,
  EK_READ_ONLY = 23,
  EK_IO = 24,
  EK_BAD_STATE = 25,
  EK_BAD_ARGUMENT = 26,
  EK_INTERNAL = 27,
  EK_NOT_RUNNING = 28, /* no keep answers at the socket */
  EK_OVER_BUDGET = 29, /* the licence's calls are used up */
  EK_OVER_RATE = 30    /* more calls, or changes of what is stored, than are allowed in this time */
};

/* What a failed call leaves behind: the code it returned, and a short text for people and logs that says where it
 * failed (never part of a program's decisions; "" beside EK_DENIED). Its layout never changes. */
typedef struct ek_error {
  ek_code code;
  char where[124];
} ek_error;

/* Returns the stable name of a code ("wrong-device"), "ok" for EK_OK, "unknown" for numbers this version does not know.
 * The text lives for ever. */
EK_API const char* ek_error_name(ek_code code);

/* Returns one plain sentence: what to do about it. The text lives for ever. */
EK_API const char* ek_error_advice(ek_code code);

/* Returns this library's version, for instance "0.1.0". The text lives for ever. */
EK_API const char* ek_version(void);
// NOLINTEND

#ifdef __cplusplus
}
#endif
#endif
