/* The credential that a device's owner gives it (spec/owner-credential.md), over the keep's admin socket. Whoever calls
 * these carries bytes and decides nothing. Include edgekeep/edgekeep.h. */
#ifndef EDGEKEEP_CLIENT_OWNER_H
#define EDGEKEEP_CLIENT_OWNER_H

#include "edgekeep/client/errors.h"
#include "edgekeep/client/model.h"

#ifdef __cplusplus
extern "C" {
#endif

// NOLINTBEGIN: C names, C types
/* NULL for what is not there. */
typedef struct ek_credential_request {
  size_t struct_size;
  const void* authority; /* a certificate, DER: whose certificates count, where nobody's count yet */
  size_t authority_size;
  const void* csr_attributes; /* DER, as an EST server gave them */
  size_t csr_attributes_size;
  const char* challenge_password; /* 1 to 64 printable characters */
} ek_credential_request;

#define EK_CREDENTIAL_REQUEST_INIT {sizeof(ek_credential_request), NULL, 0, NULL, 0, NULL}

typedef struct ek_credential {
  size_t struct_size;
  char authority[65]; /* SHA-256 of the authority's certificate; "": the device has no owner */
  int requested;      /* an answer is awaited */
  int held;           /* 0: what follows means nothing */
  uint64_t not_before;
  uint64_t not_after;
  uint64_t renew_from;
  uint64_t now;     /* by the keep */
  uint64_t changes; /* of owner, so far; whether a certificate is held or not */
} ek_credential;

/* Makes a certificate request (PKCS#10, DER) for a key that never leaves the device. *size is the room in `buffer`
 * before, the size of the request after; with EK_TOO_LARGE it is the room needed. 65536 bytes are always enough. */
EK_API ek_code ek_admin_request_credential(const ek_client* client, const ek_credential_request* request, void* buffer,
                                           size_t* size, ek_error* error);

/* Hands in what the server answered (CMS of certificates alone, DER), and the same of certificates that lie between
 * (may be NULL). `credential` may be NULL. */
EK_API ek_code ek_admin_install_credential(const ek_client* client, const void* answer, size_t answer_size,
                                           const void* others, size_t others_size, ek_credential* credential,
                                           ek_error* error);

/* Tells what the device has. `buffer` takes its certificate (DER; *size is 0 where it has none), or both are NULL. */
EK_API ek_code ek_admin_show_credential(const ek_client* client, ek_credential* credential, void* buffer, size_t* size,
                                        ek_error* error);
#define EK_TLS_IDENTITY_FACTORY 1 /* the IDevID: what the device's factory gave it */
#define EK_TLS_IDENTITY_OWNER 2   /* the certificate that its owner gave it, while it is valid */
#define EK_TLS_SIGNATURE_SIZE 64

/* The certificates (DER) that a TLS server is shown: the device's own at index 0, those between it and its owner's
 * authority after that; EK_NOT_FOUND beyond the last. *size as above; 4096 bytes are always enough. */
EK_API ek_code ek_admin_tls_certificate(const ek_client* client, int identity, size_t index, void* buffer, size_t* size,
                                        ek_error* error);

/* Signs the CertificateVerify of a client of TLS 1.3 for a transcript's hash (RFC 8446, 4.4.3; 32 or 48 bytes), by
 * ecdsa_secp256r1_sha256: r and s, 32 bytes each. Nothing else is signed by this way. */
EK_API ek_code ek_admin_sign_tls(const ek_client* client, int identity, const void* transcript_hash, size_t hash_size,
                                 unsigned char signature[EK_TLS_SIGNATURE_SIZE], ek_error* error);
// NOLINTEND

#ifdef __cplusplus
}
#endif
#endif
