// TpmLink: commands to a TPM and its answers over one open descriptor, as the TCTI that the ESAPI asks for.
#pragma once
#include <tss2/tss2_tcti.h>

#include <chrono>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::anchor {

// The descriptor of a device node or of a simulator's socket; both carry plain commands. Once a TPM has not answered in
// time, or hung up, the link stays broken: what would be read next could be the answer to another question.
class TpmLink {
 public:
  // Takes `fd` over, and signals the eventfd `lost_fd`, unless it is -1, when it breaks.
  TpmLink(int fd, std::chrono::milliseconds answer_limit, int lost_fd) noexcept;
  TpmLink(const TpmLink&) = delete;
  TpmLink& operator=(const TpmLink&) = delete;
  ~TpmLink();

  TSS2_TCTI_CONTEXT* tcti() noexcept { return reinterpret_cast<TSS2_TCTI_CONTEXT*>(&context_); }

  bool broken() const noexcept { return state_ != State::kGood; }

  bool timed_out() const noexcept { return state_ == State::kTimedOut; }

  // Sends one command and drops the answer's body; the TPM's response code.
  Result<std::uint32_t> Exchange(ByteView command);

 private:
  enum class State : std::uint8_t { kGood, kGone, kTimedOut };

  // What the library sees; first in it is what its interface demands.
  struct Context {
    TSS2_TCTI_CONTEXT_COMMON_V1 common;
    TpmLink* link;
  };

  static TSS2_RC Transmit(TSS2_TCTI_CONTEXT* context, std::size_t size, const std::uint8_t* command);
  static TSS2_RC Receive(TSS2_TCTI_CONTEXT* context, std::size_t* size, std::uint8_t* response, std::int32_t timeout);

  void Break(State how);
  bool Send(ByteView command);
  // The size of the whole answer, 0 for none.
  std::size_t TakeAnswer(MutableByteView room);
  bool WaitForMore(std::chrono::steady_clock::time_point deadline);

  Context context_{};
  int fd_;
  std::chrono::milliseconds answer_limit_;
  int lost_fd_;
  State state_ = State::kGood;
};

}  // namespace edgekeep::anchor
