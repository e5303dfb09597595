// The inside of a serving cell: one slot file opened into locked memory, calls answered until the end.
#pragma once
#include <limits>
#include <memory>
#include <optional>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/cell/receipt_log.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/engine/engine.h"
#include "edgekeep/formats/product_policy.h"
#include "edgekeep/formats/slot_file.h"
#include "edgekeep/gate/cell_orders.h"
#include "edgekeep/gate/ring.h"
#include "edgekeep/sealing/byte_file.h"

namespace edgekeep::cell {

class OutputPlacement;

// What a cell works with; all of it outlives the model served.
struct Parts {
  const crypto::Provider& provider;
  engine::Engine& engine;
  sealing::Workers& workers;
  MutableByteView memory;         // locked; a model's plaintext lives here and nowhere else. 64-byte aligned
  formats::EngineKey engine_key;  // of the engine here; a prepared form for another one is refused
  // Of one call, that are copied: what the cell sets apart for computing, where a policy has no memory budget.
  std::uint64_t max_input_bytes = std::numeric_limits<std::uint64_t>::max();
};

// The policy that `order` carries. Fails as formats::DecodeProductPolicy does.
Result<formats::ProductPolicy> PolicyOf(const gate::ServeModelOrder& order);

// A model being served. One thread. The destructor wipes the plaintext and the last inputs.
class ServedModel {
 public:
  // Opens and loads what `order` names. Fails as sealing::OpenSlotFile does; with kDenied when the file is of the other
  // kind than ordered; with kNoMemory beyond the memory budget of its policy; with kModelRefused when the engine cannot
  // load it, or the policy's guard cannot treat its outputs.
  static Result<ServedModel> Open(const Parts& parts, const sealing::ByteSource& file,
                                  const gate::ServeModelOrder& order);

  ServedModel(const ServedModel&) = delete;
  ServedModel& operator=(const ServedModel&) = delete;
  ServedModel(ServedModel&& other) noexcept;
  ServedModel& operator=(ServedModel&&) = delete;
  ~ServedModel();

  const gate::ModelInfo& info() const noexcept { return info_; }

  formats::ExecutionProvider provider() const { return session_->provider(); }

  // The answered calls' receipts, where the policy has them; else null.
  ReceiptLog* receipts() noexcept { return receipts_.get(); }

  // Puts `receipt` into the room and names it in `slot.answer`, or refuses with kTooLarge, and how much it takes.
  static void AnswerWithReceipt(ByteView receipt, gate::RingSlot& slot, MutableByteView room);

  // Answers the call in `slot.request`: inputs that the model takes are copied into private memory first, but those
  // that the slot file's header names as usable in place, where the policy asks for that, has no receipts, and they are
  // not of strings. Outputs as the policy's guard leaves them (output_guard.h) are put behind them in `room` and named
  // in `slot.answer`, or a refusal is (kBadTensor, kTooLarge: outputs find no room, and how much the call takes,
  // kModelRefused, kNoMemory: copies of the inputs, or what the engine computes with, exceed their bounds); the refusal
  // is returned, too. Private memory for inputs never exceeds room.size().
  // Setting the slot's words is the caller's. The call's receipt is for `owner`.
  std::optional<ErrorCode> Answer(gate::RingSlot& slot, MutableByteView room, std::uint64_t owner = 0);

  // Whether the last call came as far as outputs, refused or not. Those that found room before one that did not lie in
  // the ring: whoever counts calls counts this one.
  bool gave_outputs() const noexcept { return gave_outputs_; }

  // Wipes what is left of the last call's inputs: whoever asked has gone.
  void ForgetInputs() noexcept { inputs_ = SecretBytes(); }

  // Private memory that is held for a next call's inputs.
  std::size_t input_room() const noexcept { return inputs_.size(); }

  // Of the model, in locked memory.
  std::size_t plaintext_size() const noexcept { return plaintext_.size(); }

 private:
  explicit ServedModel(MutableByteView plaintext) noexcept : plaintext_(plaintext) {}

  // What a call came to: where its outputs are, and the number of its receipt.
  struct Answered {
    gate::TensorPlaces outputs;
    std::optional<std::uint64_t> receipt;
  };

  using Inputs = InlineVector<engine::InputTensor, engine::kMaxTensors>;

  // `needed` becomes the room the call takes where it is more than there is.
  Result<Answered> TryAnswer(const gate::RingCall& request, MutableByteView room, std::uint64_t owner,
                             std::uint64_t& needed);
  Status Compute(const Inputs& inputs, engine::OutputSink& outputs);
  Result<Answered> ComputeWithReceipt(const Inputs& inputs, OutputPlacement& outputs, std::uint64_t owner);
  Status CheckInputs(const gate::TensorPlaces& places) const;
  bool StaysInPlace(const gate::TensorPlace& place) const noexcept;
  Status MakeRoomForCopies(const gate::TensorPlaces& places, std::uint64_t room_size);
  Status TakeInputs(const gate::TensorPlaces& places, ByteView shared, Inputs& inputs);

  MutableByteView plaintext_;
  std::unique_ptr<engine::Session> session_;
  gate::ModelInfo info_;
  const crypto::Provider* provider_ = nullptr;
  std::unique_ptr<ReceiptLog> receipts_;  // null: the policy has none
  formats::OutputGuard guard_;
  std::uint32_t in_place_ = 0;  // inputs that are not copied, by bit
  bool gave_outputs_ = false;   // the last call
  std::uint64_t max_input_bytes_ = 0;
  SecretBytes inputs_;   // private copies, reused from call to call
  SecretBytes guarded_;  // the same, of the output that is being guarded
};

}  // namespace edgekeep::cell
