// The enrolment: what a verifier knows of one device since its activation (spec/attestation.md §6).
#pragma once
#include <optional>

#include "edgekeep/formats/evidence.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxEnrolmentSize = 4096;

// What a TPM's clock showed, all of which only grows until the chip is cleared.
struct ChipClock {
  std::uint64_t milliseconds = 0;
  std::uint32_t resets = 0;
  std::uint32_t restarts = 0;  // since the last reset
};

struct EnrolledChip {
  ByteView attestation;  // points
  ByteView endorsement;
  ChipClass chip;
  ChipClock clock;
  Digest boot_state;  // attest::BootStateOf
};

// The verifier's own record; views borrow from what was decoded.
struct Enrolment {
  AnchorKind anchor = AnchorKind::kSoftware;
  PublicKey identity;
  UnixTime enrolled_at;
  std::uint64_t state_counter = 0;
  std::optional<EnrolledChip> chip;  // of a tpm2 anchor alone
};

Result<Enrolment> DecodeEnrolment(ByteView bytes);
Status EncodeEnrolment(const Enrolment& enrolment, CborWriter& out);

}  // namespace edgekeep::formats
