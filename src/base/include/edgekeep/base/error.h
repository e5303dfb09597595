// Why something was refused: a stable number and a literal text, nothing taken from input.
#pragma once
#include <cstdint>

namespace edgekeep {

// Stable numbers of every refusal (spec/errors.md). `kDenied` covers everything that fails after the first use of a
// secret key, so that a caller learns no more from a forged object than that it was refused; checks on public data
// name themselves.
enum class ErrorCode : std::uint16_t {
  kDenied = 1,
  kMalformed = 2,     // bytes that are not a canonical object of their kind
  kUnsupported = 3,   // unknown version, suite, algorithm or kind
  kTooLarge = 4,      // over a stated limit
  kBadSignature = 5,  // a required signature is missing or wrong
  kUntrusted = 6,     // rightly signed, but by nobody the trust bundle names
  kExpired = 7,
  kNotYetValid = 8,
  kWrongDevice = 9,    // names another device
  kWrongProduct = 10,  // names another product, or objects that do not belong together
  kWrongVersion = 11,  // outside a licence's range, or an older one than installed
  kNotFound = 12,
  kAlreadyExists = 13,
  kNotInitialised = 14,  // the device has no trust bundle yet
  kForbidden = 15,       // not for this caller, or by licence, policy or order
  kBusy = 16,
  kTimedOut = 17,
  kPeerGone = 18,      // keep, spawner or cell ended while a call waited
  kModelRefused = 19,  // the engine, or the check before it, cannot accept the model
  kBadTensor = 20,     // wrong name, shape, type or size of an input
  kNoMemory = 21,
  kNoSpace = 22,
  kReadOnly = 23,
  kIo = 24,
  kBadState = 25,  // a call that is not possible now
  kBadArgument = 26,
  kInternal = 27,
  kNotRunning = 28,  // nobody listens at the keep's socket
  kOverBudget = 29,  // a licence's calls are used up
  kOverRate = 30,    // more calls than a licence allows in this time
};

// Returns the stable name of `code` as spec/errors.md lists it ("wrong-device"), or "unknown".
const char* NameOf(ErrorCode code) noexcept;

// Returns one plain sentence that says what `code` means and what to do about it, or "unknown error".
const char* AdviceFor(ErrorCode code) noexcept;

class [[nodiscard]] Error {
 public:
  // `where` must be a string literal: an Error crosses the trust boundary and carries no input bytes.
  constexpr explicit Error(ErrorCode code, const char* where = "") noexcept : where_(where), code_(code) {}

  constexpr ErrorCode code() const noexcept { return code_; }

  constexpr const char* where() const noexcept { return where_; }

 private:
  const char* where_;
  ErrorCode code_;
};

}  // namespace edgekeep
