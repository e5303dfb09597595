// SpawnedCell: one cell behind its control socket.
#pragma once
#include <chrono>
#include <memory>
#include <mutex>

#include "edgekeep/ports/cell_host.h"
#include "spawner_link.h"

namespace edgekeep::isolation {

// To be confined and to load the engine.
inline constexpr int kHelloTimeoutMs = 10'000;

// Orders are given one after another; several threads may ask. Ending the object kills the cell and waits until it is
// gone.
class SpawnedCell : public ports::Cell {
 public:
  SpawnedCell(SpawnerLink& link, NewCell cell) noexcept
      : link_(&link), number_(cell.number), control_(gate::Channel(std::move(cell.control))) {}

  ~SpawnedCell() override;

  SpawnedCell(const SpawnedCell&) = delete;
  SpawnedCell& operator=(const SpawnedCell&) = delete;

  // Waits for the cell's first message.
  Status TakeHello(int timeout_ms);

  ByteView hello() const override { return hello_.view(); }

  Result<Bytes> Order(std::uint16_t command, const SecretBytes& body, std::span<const int> descriptors,
                      int timeout_ms) override;
  Result<Bytes> Ask(std::uint16_t command, int timeout_ms) override;
  Status Post(std::uint16_t command, const SecretBytes& body) override;
  Status TakePosted() override;
  InlineString<96> WhyRefused() override;
  void AskToEnd() override;
  void Kill() override;
  ports::CellEnd HowItEnded() override;
  bool alive() override;

  int end_signal() const override { return control_.fd(); }

 private:
  using Clock = std::chrono::steady_clock;

  Result<gate::Message> Receive(MutableByteView buffer, Clock::time_point end);
  Status TakeLate();
  Result<Bytes> TakeAnswer(const gate::Frame& answer, const gate::FrameHeader& asked);
  Error GiveUp(ErrorCode code);
  Error WhyItEnded();

  SpawnerLink* link_;
  CellNumber number_;
  gate::Channel control_;
  Bytes hello_;
  std::timed_mutex mutex_;
  std::uint64_t last_id_ = 0;
  std::uint64_t late_id_ = 0;    // of what nobody waits for any more and is not answered yet; 0: nothing
  std::uint64_t posted_id_ = 0;  // of what was posted last
  InlineString<96> why_refused_;
};

}  // namespace edgekeep::isolation
