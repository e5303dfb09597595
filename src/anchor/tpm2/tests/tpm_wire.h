// The wire between an anchor and its TPM: what a test can listen to, and cut.
#pragma once
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace edgekeep::anchor {

class TpmWire {
 public:
  using Asked = std::function<bool(int)>;

  // Takes `tpm_fd` over. Before each command `before` is called with its number, from 0; false cuts the wire. After it
  // `after` is, which may withhold an answer that the chip has given.
  explicit TpmWire(int tpm_fd, Asked before, Asked after = [](int) { return true; });
  TpmWire(const TpmWire&) = delete;
  TpmWire& operator=(const TpmWire&) = delete;
  // Ends with the anchor's end; to be called when that is closed.
  ~TpmWire();

  // The anchor's end, which it takes over. Once.
  int anchor_end() const { return anchor_end_; }

  // Everything that went over it so far, both ways.
  std::vector<std::uint8_t> Heard();

 private:
  void Carry();
  std::vector<std::uint8_t> Take(int from);
  static bool Give(int to, const std::vector<std::uint8_t>& bytes);

  int tpm_;
  int anchor_end_ = -1;
  int our_end_ = -1;
  Asked before_, after_;
  std::mutex mutex_;
  std::vector<std::uint8_t> heard_;
  std::thread carrier_;
};

}  // namespace edgekeep::anchor
