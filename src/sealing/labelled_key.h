// Derivation of keys that differ by label (formats/labels.h) and by what follows the label.
#pragma once
#include <string_view>

#include "edgekeep/base/secret.h"
#include "edgekeep/crypto/provider.h"

namespace edgekeep::sealing {

// HKDF-SHA256 with info = label || suffix, filling `out`. `suffix` has at most 192 bytes.
Status DeriveLabelled(const crypto::Provider& provider, ByteView input_key, ByteView salt, std::string_view label,
                      ByteView suffix, MutableByteView out);

Result<SecretArray<32>> DeriveLabelledKey(const crypto::Provider& provider, ByteView input_key, ByteView salt,
                                          std::string_view label, ByteView suffix = {});

}  // namespace edgekeep::sealing
