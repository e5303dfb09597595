#include "edgekeep/base/error.h"

#include <array>

namespace edgekeep {
namespace {

struct Row {
  ErrorCode code;
  const char* name;
  const char* advice;
};

// A trusted application has no run-time initialisation: constexpr, and searched by hand.
constexpr std::array kRows = {
    Row{ErrorCode::kDenied, "denied", "refused; the reason is in the keep's journal"},
    Row{ErrorCode::kMalformed, "malformed", "the bytes are damaged or not of this kind; fetch the file again"},
    Row{ErrorCode::kUnsupported, "unsupported",
        "made for another version of Edgekeep, or by an algorithm it does not know; update Edgekeep"},
    Row{ErrorCode::kTooLarge, "too-large", "over the limit the specification states"},
    Row{ErrorCode::kBadSignature, "bad-signature", "a required signature is missing or wrong; do not use this file"},
    Row{ErrorCode::kUntrusted, "untrusted", "signed by nobody this device trusts; ask the publisher"},
    Row{ErrorCode::kExpired, "expired", "its time is over; ask the publisher for a new one, and check the clock"},
    Row{ErrorCode::kNotYetValid, "not-yet-valid", "its time has not come; check the clock"},
    Row{ErrorCode::kWrongDevice, "wrong-device", "made for another device; ask the publisher for this device's own"},
    Row{ErrorCode::kWrongProduct, "wrong-product", "these files do not belong together; check product and version"},
    Row{ErrorCode::kWrongVersion, "wrong-version", "the version is outside what is licensed or installed"},
    Row{ErrorCode::kNotFound, "not-found", "no such thing here; check the name"},
    Row{ErrorCode::kAlreadyExists, "already-exists",
        "it is there already and is never overwritten; choose another name"},
    Row{ErrorCode::kNotInitialised, "not-initialised", "run 'edgekeep device init --trust publisher.ekt' first"},
    Row{ErrorCode::kForbidden, "forbidden",
        "not allowed, for the reason named; 'edgekeep status', as root, shows what this device demands"},
    Row{ErrorCode::kBusy, "busy", "somebody else is at it; try again"},
    Row{ErrorCode::kTimedOut, "timed-out", "no answer in time; look at 'edgekeep status'"},
    Row{ErrorCode::kPeerGone, "peer-gone", "the other side ended; open again"},
    Row{ErrorCode::kModelRefused, "model-refused",
        "the engine cannot load or run this model; try it with plain ONNX Runtime first"},
    Row{ErrorCode::kBadTensor, "bad-tensor", "an input's name, shape, type or size is not what the model takes"},
    Row{ErrorCode::kNoMemory, "no-memory", "not enough memory; close something or raise the budget"},
    Row{ErrorCode::kNoSpace, "no-space", "the disk is full; nothing was changed"},
    Row{ErrorCode::kReadOnly, "read-only", "the disk is read-only; nothing was changed"},
    Row{ErrorCode::kIo, "io", "reading or writing failed; check the path and the disk"},
    Row{ErrorCode::kBadState, "bad-state", "not possible now; look at 'edgekeep status'"},
    Row{ErrorCode::kBadArgument, "bad-argument", "an argument is not what was asked for"},
    Row{ErrorCode::kInternal, "internal", "a fault in Edgekeep; report it with the keep's journal"},
    Row{ErrorCode::kNotRunning, "not-running",
        "no keep answers here; start edgekeep-spawner, or name the right --root"},
    Row{ErrorCode::kOverBudget, "over-budget", "the licence's calls are used up; get a new one from the publisher"},
    Row{ErrorCode::kOverRate, "over-rate", "more than is allowed in this time; ask less often"},
};

const Row* Find(ErrorCode code) noexcept {
  for (const Row& row : kRows) {
    if (row.code == code) return &row;
  }
  return nullptr;
}

}  // namespace

const char* NameOf(ErrorCode code) noexcept {
  const Row* row = Find(code);
  return row != nullptr ? row->name : "unknown";
}

const char* AdviceFor(ErrorCode code) noexcept {
  const Row* row = Find(code);
  return row != nullptr ? row->advice : "unknown error";
}

}  // namespace edgekeep
