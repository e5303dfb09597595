// Whose chip a device has, as whoever enrols it knows: by the makers' certificates, by the key that was
// expected, or by the factory that it comes from.
#pragma once
#include <optional>
#include <string>

#include "edgekeep/attest/enrolment.h"
#include "factory_belief.h"

namespace edgekeep::cli::publisher {

struct ChipBelief {
  std::string makers;       // certificates: a directory of *.pem, or a file; may be empty
  std::string endorsement;  // SHA-256 of the endorsement key, in hexadecimal; may be empty
  ListedArguments factory;  // whose station saw the chip; may be none
};

void AddChipOptions(CLI::App& command, ChipBelief& belief);

struct KnownChip {
  std::string endorsement;                    // empty where there is no chip
  std::optional<std::uint32_t> manufacturer;  // in its certificate; absent where no maker was asked
};

// Refuses a chip of which nobody says whose it is, and a device that its product's owner does not take, where a factory
// is asked. `path`: of the keys.
author::Outcome<KnownChip> JudgeChip(const Session& session, const ChipBelief& belief, const std::string& path,
                                     const attest::VerifiedAttestationKeys& keys);

}  // namespace edgekeep::cli::publisher
