// The publisher's command line.
#pragma once
#include "edgekeep/author/context.h"

namespace edgekeep::crypto {
class CredentialCipher;
}

namespace edgekeep::ports {
class OwnerCertificates;
}

namespace edgekeep::cli::publisher {

// Runs one command of `argv` and returns the exit code: 0 done, 1 refused or failed, 2 wrong usage. Installs handlers
// for SIGINT, SIGTERM and SIGHUP, which end long work cleanly.
int Run(const crypto::Provider& provider, const crypto::CredentialCipher& credential_cipher,
        ports::OwnerCertificates& owner_certificates, int argc, const char* const* argv);

}  // namespace edgekeep::cli::publisher
