// Whom a device believes: a publisher's trust bundle that every key in it has signed (spec/trust-bundle.md §3).
#pragma once
#include "edgekeep/sealing/trusted_publisher.h"

namespace edgekeep::core {

// One implementation for devices and for publishers, who inspect by the same rules.
using sealing::TrustedPublisher;
using sealing::VerifyTrustBundle;

}  // namespace edgekeep::core
