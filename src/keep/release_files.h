// Files that come in by descriptor on behalf of releases, and what of a release an install demands.
#pragma once
#include <optional>
#include <span>

#include "edgekeep/ports/input_files.h"
#include "state.h"

namespace edgekeep::release {
class VerifiedRelease;
}

namespace edgekeep::keep {

// Fails with kBadArgument unless there is one descriptor, with kTooLarge for more than `room`.
Result<Bytes> ReadWhole(ports::InputFiles& files, std::span<const int> descriptors, std::size_t room);

// SHA-256 of a file of `size` bytes whose first ones are `front`, as they were read before: who changes the file
// meanwhile changes nothing about what was judged. Reads nothing where `front` is all of it.
Result<Digest> DigestOf(const World& world, int descriptor, ByteView front, std::uint64_t size);

// The device is initialised, and under releases (kBadState). Requires the state's mutex.
Status CheckDemanded(KeepState& state);

// The newest release, which was proven since the keep began and has not expired (kBadState, kExpired). Requires the
// state's mutex.
Result<const release::VerifiedRelease*> NewestRelease(KeepState& state);

// What is about to be installed.
struct Candidate {
  ProductName product;
  Sequence sequence;  // of the sealed file
  Digest sealed_file;
  std::uint64_t sealed_size = 0;
  ByteView grant;
  std::optional<Sequence> recorded;  // what it takes the place of
};

// That sealed file and grant are targets of the newest release, which was proven since the keep began and has not
// expired; what is not recorded yet is of no lower security epoch than that release, if of its product. Returns the
// security epoch. Requires the state's mutex. Fails with kBadState where no release was refreshed, kExpired, kNotFound,
// kWrongProduct, kWrongVersion.
Result<std::uint64_t> CheckReleased(KeepState& state, const Candidate& candidate);

}  // namespace edgekeep::keep
