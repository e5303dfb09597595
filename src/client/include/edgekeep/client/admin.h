/* Administering a device, over the keep's admin socket. Include edgekeep/edgekeep.h. */
#ifndef EDGEKEEP_CLIENT_ADMIN_H
#define EDGEKEEP_CLIENT_ADMIN_H

#include "edgekeep/client/errors.h"
#include "edgekeep/client/model.h"

#ifdef __cplusplus
extern "C" {
#endif

// NOLINTBEGIN: C names, C types
/* All functions here fail with EK_NOT_RUNNING, EK_FORBIDDEN (this user may not administer), EK_TIMED_OUT, EK_PEER_GONE,
 * EK_MALFORMED (an answer that makes no sense) and the keep's refusals, besides what each one names. */

/* Kinds of a device's anchor. */
enum { EK_ANCHOR_SOFTWARE = 1, EK_ANCHOR_TPM2 = 2, EK_ANCHOR_OPTEE = 3 };

/* Returns "software", "tpm2", "optee", or "unknown". The text lives for ever. */
EK_API const char* ek_anchor_name(uint32_t anchor);

#define EK_ID_TEXT_SIZE 65 /* 64 hexadecimal digits and NUL */

typedef struct ek_device_identity {
  size_t struct_size;
  char device_id[EK_ID_TEXT_SIZE];
  char trust_fingerprint[EK_ID_TEXT_SIZE]; /* of the trust bundle */
  char publisher[64];
  uint32_t anchor;
} ek_device_identity;

/* Gives the device its keys and its trust, once: `trust` is a trust bundle (publisher.ekt). Whoever calls this has made
 * sure that the bundle is the right one. `identity` may be NULL, else its struct_size must be set. Fails with
 * EK_ALREADY_EXISTS when the device has its trust already. */
EK_API ek_code ek_admin_initialise(const ek_client* client, const void* trust, size_t trust_size,
                                   ek_device_identity* identity, ek_error* error);

/* Gives the signed request by which a publisher licenses this device (a .ekd file's contents). *size is the room in
 * `buffer` before, the request's size after; with EK_TOO_LARGE it is the room needed. */
EK_API ek_code ek_admin_device_request(const ek_client* client, void* buffer, size_t* size, ek_error* error);

/* The same, saying whose the device is as well, by which an order frees it from this owner and from no other
 * (spec/orders.md, section 2). EK_NOT_FOUND where it has no owner. */
EK_API ek_code ek_admin_ownership(const ek_client* client, void* buffer, size_t* size, ek_error* error);

/* One step of getting an identity from a factory's station (spec/production-order.md, section 7): hands in what the
 * station said, nothing to begin, and gives what to say to it. Nothing comes when the identity is stored, and instead
 * of the first message the identity that the device has already. *size as above; an answer has at most 16384 bytes.
 * Fails with EK_UNSUPPORTED on a software anchor, EK_NOT_FOUND where the chip has no certificate of its maker. */
EK_API ek_code ek_admin_provision(const ek_client* client, const void* message, size_t message_size, void* buffer,
                                  size_t* size, ek_error* error);

/* Forgets the identity that a factory's station gave, so that a station gives one again. EK_BAD_STATE once the device
 * is initialised. */
EK_API ek_code ek_admin_forget_identity(const ek_client* client, ek_error* error);

typedef struct ek_install_files {
  size_t struct_size;
  const char* sealed_path; /* NULL: sealed_fd is used */
  int sealed_fd;           /* a regular file opened for reading; stays the caller's */
  const void* grant;
  size_t grant_size;
  const void* licence;
  size_t licence_size;
  uint32_t timeout_ms; /* EK_TIMEOUT_DEFAULT: 30 minutes, for a large package takes its time */
} ek_install_files;

#define EK_INSTALL_FILES_INIT {sizeof(ek_install_files), NULL, -1, NULL, 0, NULL, 0, EK_TIMEOUT_DEFAULT}

typedef struct ek_installed {
  size_t struct_size;
  char product[128];
  char version[33];
  uint64_t version_sequence;
  uint32_t prepared; /* 0: the model opens from its canonical form */
} ek_installed;

/* Installs a sealed file by its grant and licence: all of it is verified first, and it counts as a whole or not at all.
 * `installed` may be NULL, else its struct_size must be set. Fails with EK_IO or EK_NOT_FOUND for a file that cannot be
 * opened. */
EK_API ek_code ek_admin_install(const ek_client* client, const ek_install_files* files, ek_installed* installed,
                                ek_error* error);

#define EK_PRODUCT_TEXT_SIZE 128 /* a product's name and NUL */

/* Puts a licence, a renewed one for instance, in place of the one that its product has, which must be installed. It is
 * checked as at an install, and counts as a whole or not at all. `product` may be NULL, or has room for
 * EK_PRODUCT_TEXT_SIZE characters. */
EK_API ek_code ek_admin_install_licence(const ek_client* client, const void* licence, size_t licence_size,
                                        char* product, ek_error* error);

/* Gives a signed request for another lease of the product's licence: a file for its publisher, who answers it with a
 * licence. Room and size as for ek_admin_device_request. */
EK_API ek_code ek_admin_request_renewal(const ek_client* client, const char* product, void* buffer, size_t* size,
                                        ek_error* error);

/* Gives the product's licence back for good: it is over on this device, whatever is restored, before the signed receipt
 * is made. Asked again it gives another receipt of the same. Room and size as for ek_admin_device_request. */
EK_API ek_code ek_admin_return_licence(const ek_client* client, const char* product, void* buffer, size_t* size,
                                       ek_error* error);

/* What became of the plaintext of a cell that crashed: the cell wiped it; the kernel clears it when it hands the pages
 * out again; nobody knows. */
enum { EK_MEMORY_WIPED = 1, EK_MEMORY_LEFT_TO_KERNEL = 2, EK_MEMORY_UNKNOWN = 3 };

/* One installed product. */
typedef struct ek_product_status {
  const char* product;
  const char* version;
  uint64_t version_sequence;
  uint32_t slot;
  uint32_t licensed;
  uint32_t licence_has_end;
  uint64_t licence_expires;       /* seconds since 1970, where licence_has_end */
  const char* prepared_for;       /* engine and CPU the prepared form was made for; "": there is none */
  uint32_t prepared_form_current; /* 0: the next open remakes it or does without */
  uint32_t open_sessions;
  const uint8_t* policy; /* how it is to be run, as spec/product-policy.md encodes it */
  size_t policy_size;    /* 0: everything has its default */
  uint32_t provider; /* that the last one opened computes on, by the policy's numbers; 0: none since the keep began */
  uint32_t has_calls_left;
  uint64_t calls_left;              /* that the licence's budget leaves, where has_calls_left */
  uint32_t crashes;                 /* of its cells, since the keep began; where there are any: */
  uint64_t last_crash;              /* seconds since 1970 */
  uint32_t last_crash_signal;       /* 0: the cell ended by itself, or nobody knows how */
  uint32_t last_crash_memory;       /* one of EK_MEMORY_… */
  uint32_t wait_seconds;            /* for so long no cell of it is started again; 0: one may be */
  uint32_t prepared_form_set_aside; /* 1: cells that ran it crashed or hung, the canonical form is opened */
  uint32_t has_lease;               /* the licence has to be renewed from time to time; where it has: */
  uint64_t lease_seconds;           /* for so long it holds, */
  uint64_t lease_grace_seconds;     /* and for so long more, with a warning */
  uint64_t lease_used_seconds;      /* of them */
  uint32_t licence_returned;        /* 1: it was given back */
} ek_product_status;

/* What a device says of itself. */
typedef struct ek_status {
  uint32_t initialised;
  const char* device_id; /* "" before initialisation, as is the next */
  const char* publisher;
  uint32_t anchor;
  const char* engine_key;     /* of the engine and CPU here; "": no engine could be started */
  const char* memory_locking; /* "all" or "pool": how much of a cell's memory the host lets it lock */
  size_t num_products;
  uint32_t demands_releases; /* 0: this device installs what fits the trust bundle alone; for development */
  uint32_t policy_profile;   /* of the trust policy: 1 development, 2 production */
  uint64_t policy_version;
  const char* policy_fingerprint; /* "" without one */
  uint64_t root_version;
  uint64_t targets_version;       /* 0: no release was taken yet */
  uint64_t time_floor;            /* seconds since 1970 */
  uint64_t waiting_policy;        /* version of the next policy; 0: none */
  uint64_t waits_until;           /* of the time floor */
  const uint8_t* operations;      /* the operations policy in force, as spec/operations-policy.md encodes it */
  size_t operations_size;         /* 0: none was taken */
  uint32_t operations_unreadable; /* 1: one was taken, and is damaged: nothing opens until it is handed in again */
  uint64_t clock_behind_seconds;  /* that the system's clock is behind the time the device knows; 0: it is not */
  uint32_t suspended;             /* 1: by an order nothing opens, until another one resumes it */
  uint32_t installs_held;         /* 1: by an order nothing is installed, until another one allows it */
  uint32_t max_sessions;          /* by an order; 0: no bound */
  uint32_t quarantined;           /* 1: by the policy, for the class of this chip: no licence is renewed here */
} ek_status;

/* Asks for the device's state. The caller ends it with ek_status_free; its texts live until then. */
EK_API ek_code ek_admin_status(const ek_client* client, const ek_status** status, ek_error* error);
/* Returns a borrowed product of a status, or NULL when there is no such index. */
EK_API const ek_product_status* ek_status_product(const ek_status* status, size_t index);
EK_API void ek_status_free(const ek_status* status);
// NOLINTEND

#ifdef __cplusplus
}
#endif
#endif
