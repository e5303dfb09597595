// edgekeep-publisher: the publisher's commands; `edgekeep` runs it for them.
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>

#include "edgekeep/certificates/openssl/owner_certificates.h"
#include "edgekeep/cli/publisher/run.h"
#include "edgekeep/crypto/openssl/credential_cipher.h"
#include "edgekeep/crypto/openssl/provider.h"

namespace {

// Keys are in this process: no core dumps, no ptrace by others of this user, and no swap where that may be asked for.
// Locking all memory under a limit would turn into failed allocations, so it is done only without one.
void Harden() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  rlimit lockable{};
  const bool unlimited = ::getrlimit(RLIMIT_MEMLOCK, &lockable) == 0 && lockable.rlim_cur == RLIM_INFINITY;
  if (unlimited || ::geteuid() == 0) ::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}

}  // namespace

int main(int argc, char** argv) {
  Harden();
  const auto provider = edgekeep::crypto::NewOpenSslProvider();
  const auto cipher = edgekeep::crypto::NewOpenSslCredentialCipher();
  const auto certificates = edgekeep::certificates::NewOpenSslCertificates();
  if (!provider || !cipher || !certificates) {
    std::fprintf(stderr, "edgekeep: cryptography is not available: %s: build against OpenSSL 3.5 or later\n",
                 !provider ? provider.error().where()
                 : !cipher ? cipher.error().where()
                           : certificates.error().where());
    return 1;
  }
  return edgekeep::cli::publisher::Run(**provider, **cipher, **certificates, argc, argv);
}
