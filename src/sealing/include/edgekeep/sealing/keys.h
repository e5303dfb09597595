// Keys with a purpose each: no two kinds can be mixed up.
#pragma once
#include "edgekeep/base/secret.h"

namespace edgekeep::sealing {

// Encrypts one sealed file; fresh at every seal.
struct ContentKey {
  SecretArray<32> key;
};

// K_n of a product: wraps the content keys of its grants. K_{n-1} = KDF(K_n).
struct EpochKey {
  SecretArray<32> key;
};

// Encrypts one slot file of one device; fresh at every install.
struct SlotKey {
  SecretArray<32> key;
};

// Derived by a device's anchor; everything the device keeps hangs on it.
struct VaultKey {
  SecretArray<32> key;
};

}  // namespace edgekeep::sealing
