#include "edgekeep/cell/served_model.h"

#include <algorithm>
#include <array>
#include <utility>

#include "call_room.h"
#include "digesting_outputs.h"
#include "edgekeep/cell/model_info.h"
#include "edgekeep/cell/output_guard.h"
#include "edgekeep/engine/package.h"
#include "edgekeep/sealing/slot_file.h"
#include "output_placement.h"

namespace edgekeep::cell {
namespace {

// Engines compute fastest on inputs that begin a cache line.
constexpr std::size_t kAlignment = 64;

std::size_t PaddingOf(const std::uint8_t* address) {
  return (kAlignment - reinterpret_cast<std::uintptr_t>(address) % kAlignment) % kAlignment;
}

Status CheckHeader(const formats::SlotFileHeader& header, const gate::ServeModelOrder& order,
                   const formats::EngineKey& engine_key) {
  const bool is_prepared = header.kind == formats::SlotFileKind::kPrepared;
  if (is_prepared != order.prepared) return Error(ErrorCode::kDenied, "kind of slot file");
  if (is_prepared && !(header.engine_key == engine_key)) {
    return Error(ErrorCode::kModelRefused, "prepared for another engine or CPU");
  }
  return {};
}

engine::Options OptionsOf(const gate::ServeModelOrder& order, const formats::ProductPolicy& policy,
                          std::size_t plaintext_size) {
  engine::Options options{.threads = order.threads, .spinning = policy.spinning, .providers = policy.providers};
  // The plaintext is within the budget already.
  if (policy.memory_budget) options.memory_budget = *policy.memory_budget - plaintext_size;
  return options;
}

Result<std::unique_ptr<engine::Session>> Load(const Parts& parts, ByteView plaintext,
                                              const gate::ServeModelOrder& order, const engine::Options& options) {
  if (order.prepared) return parts.engine.LoadPrepared(plaintext, options);
  EK_TRY_ASSIGN(const engine::Package package, engine::ViewPackage(plaintext));
  return parts.engine.LoadCanonical(package.model, package.side_files.view(), options);
}

// As much as the engine may compute with: what the plaintext leaves of a budget.
std::uint64_t MostInputBytes(const Parts& parts, const formats::ProductPolicy& policy, std::size_t plaintext_size) {
  return policy.memory_budget ? *policy.memory_budget - plaintext_size : parts.max_input_bytes;
}

MutableByteView MemoryWithin(MutableByteView memory, const formats::ProductPolicy& policy) {
  if (!policy.memory_budget || *policy.memory_budget >= memory.size()) return memory;
  return memory.first(static_cast<std::size_t>(*policy.memory_budget));
}

}  // namespace

Result<ServedModel> ServedModel::Open(const Parts& parts, const sealing::ByteSource& file,
                                      const gate::ServeModelOrder& order) {
  const sealing::SlotFileTrust trust{order.file.key, order.file.header_digest, order.file.tags_digest};
  EK_TRY_ASSIGN(const formats::ProductPolicy policy, PolicyOf(order));
  const MutableByteView memory = MemoryWithin(parts.memory, policy);
  EK_TRY_ASSIGN(const formats::SlotFileHeader header,
                sealing::OpenSlotFile(parts.provider, file, trust, parts.workers, memory));
  ServedModel model(memory.first(static_cast<std::size_t>(header.plaintext_size)));
  EK_TRY(CheckHeader(header, order, parts.engine_key));
  model.guard_ = policy.output_guard;
  model.max_input_bytes_ = MostInputBytes(parts, policy, model.plaintext_.size());
  model.provider_ = &parts.provider;
  if (policy.receipts) {
    EK_TRY_ASSIGN(model.receipts_, ReceiptLog::Create(parts.provider));
  }
  EK_TRY_ASSIGN(model.session_,
                Load(parts, model.plaintext_, order, OptionsOf(order, policy, model.plaintext_.size())));
  // A receipt is for what was computed on, which nobody may change between the two.
  if (policy.zero_copy_inputs && !policy.receipts) model.in_place_ = header.in_place_inputs;
  EK_TRY_ASSIGN(model.info_, ModelInfoOf(model.session_->inputs(), model.session_->outputs()));
  if (!(policy.output_guard == formats::OutputGuard())) EK_TRY(gate::CheckGuardable(model.info_));
  return model;
}

Result<formats::ProductPolicy> PolicyOf(const gate::ServeModelOrder& order) {
  if (order.policy.empty()) return formats::ProductPolicy();
  return formats::DecodeProductPolicy(order.policy.view());
}

ServedModel::ServedModel(ServedModel&& other) noexcept
    : plaintext_(std::exchange(other.plaintext_, {})),
      session_(std::move(other.session_)),
      info_(other.info_),
      provider_(other.provider_),
      receipts_(std::move(other.receipts_)),
      guard_(other.guard_),
      in_place_(other.in_place_),
      gave_outputs_(other.gave_outputs_),
      max_input_bytes_(other.max_input_bytes_),
      inputs_(std::move(other.inputs_)),
      guarded_(std::move(other.guarded_)) {}

ServedModel::~ServedModel() {
  session_.reset();
  Wipe(plaintext_);
}

std::optional<ErrorCode> ServedModel::Answer(gate::RingSlot& slot, MutableByteView room, std::uint64_t owner) {
  std::uint64_t needed = 0;
  const Result<Answered> answered = TryAnswer(slot.request, room, owner, needed);
  const bool has_receipt = answered && answered->receipt;
  slot.receipt.store(has_receipt ? *answered->receipt + 1 : 0, std::memory_order_relaxed);
  if (answered) {
    gate::PutCall(answered->outputs, slot.answer);
    return std::nullopt;
  }
  gate::PutFailure(answered.error().code(), slot.answer, needed);
  return answered.error().code();
}

void ServedModel::AnswerWithReceipt(ByteView receipt, gate::RingSlot& slot, MutableByteView room) {
  OutputPlacement placement(room, 0);
  const std::array<std::int64_t, 1> shape = {static_cast<std::int64_t>(receipt.size())};
  const auto put = [&]() -> Result<gate::TensorPlaces> {
    EK_TRY(placement.Accept(0, std::to_underlying(gate::ElementType::kUint8), shape, receipt));
    return placement.Finish();
  };
  const Result<gate::TensorPlaces> places = put();
  if (places) {
    gate::PutCall(*places, slot.answer);
  } else {
    gate::PutFailure(places.error().code(), slot.answer, placement.needed());
  }
}

Result<ServedModel::Answered> ServedModel::TryAnswer(const gate::RingCall& request, MutableByteView room,
                                                     std::uint64_t owner, std::uint64_t& needed) {
  gave_outputs_ = false;
  EK_TRY_ASSIGN(const gate::TensorPlaces places, gate::TakeCall(request, room.size()));
  Inputs inputs;
  EK_TRY(TakeInputs(places, room, inputs));
  std::uint64_t end = 0;
  for (const gate::TensorPlace& place : places) end = std::max(end, place.offset + place.size);
  OutputPlacement outputs(room, end);
  const auto answer = [&]() -> Result<Answered> {
    if (receipts_ != nullptr) return ComputeWithReceipt(inputs, outputs, owner);
    EK_TRY(Compute(inputs, outputs));
    EK_TRY_ASSIGN(const gate::TensorPlaces placed, outputs.Finish());
    return Answered{.outputs = placed, .receipt = std::nullopt};
  };
  Result<Answered> answered = answer();
  gave_outputs_ = outputs.any();
  if (!answered && answered.error().code() == ErrorCode::kTooLarge) needed = outputs.needed();
  return answered;
}

Status ServedModel::Compute(const Inputs& inputs, engine::OutputSink& outputs) {
  GuardedOutputs guarded(guard_, guarded_, outputs);
  return session_->Run(inputs.view(), guarded);
}

// Digests what the engine gets, from private memory, and what is delivered, on its way to the ring. A call that finds
// no room for its outputs has no receipt.
Result<ServedModel::Answered> ServedModel::ComputeWithReceipt(const Inputs& inputs, OutputPlacement& outputs,
                                                              std::uint64_t owner) {
  EK_TRY_ASSIGN(auto input_digest, sealing::TensorsDigest::Create(*provider_));
  for (std::uint32_t index = 0; index < engine::kMaxTensors; ++index) {
    const auto* const input = std::ranges::find(inputs, index, &engine::InputTensor::index);
    if (input == inputs.end()) continue;
    EK_TRY(input_digest.Add(index, input->type, input->shape.view(), input->bytes));
  }
  EK_TRY_ASSIGN(auto output_digest, sealing::TensorsDigest::Create(*provider_));
  DigestingOutputs digesting(output_digest, outputs);
  EK_TRY(Compute(inputs, digesting));
  EK_TRY_ASSIGN(const gate::TensorPlaces placed, outputs.Finish());
  EK_TRY_ASSIGN(const Digest in, input_digest.Finish());
  EK_TRY_ASSIGN(const Digest out, output_digest.Finish());
  return Answered{.outputs = placed, .receipt = receipts_->Add(in, out, owner)};
}

// Before anything is copied: what no model takes costs nothing. Dimensions of scalars are the engine's to judge, which
// tells inputs of any number of dimensions so, too.
Status ServedModel::CheckInputs(const gate::TensorPlaces& places) const {
  if (places.size() != info_.inputs.size()) return Error(ErrorCode::kBadTensor, "number of inputs");
  for (const gate::TensorPlace& place : places) {
    if (place.index >= info_.inputs.size()) return Error(ErrorCode::kBadTensor, "index of an input");
    const gate::TensorInfo& input = info_.inputs[place.index];
    if (place.type != input.type) return Error(ErrorCode::kBadTensor, "element type of an input");
    if (input.shape.empty()) continue;
    const auto fits = [](std::int64_t given, std::int64_t wanted) { return wanted < 0 || given == wanted; };
    if (!std::ranges::equal(place.shape, input.shape, fits)) return Error(ErrorCode::kBadTensor, "shape of an input");
  }
  return {};
}

bool ServedModel::StaysInPlace(const gate::TensorPlace& place) const noexcept {
  const bool allowed = (in_place_ >> place.index & 1) != 0;
  return allowed && place.type != gate::ElementType::kString;
}

Status ServedModel::MakeRoomForCopies(const gate::TensorPlaces& places, std::uint64_t room_size) {
  // Places may overlap: without this bound, many views of one large ring would be many large copies.
  std::uint64_t total = 0;
  for (const gate::TensorPlace& place : places) total += AlignInRing(place.size);
  if (total > AlignInRing(room_size)) return Error(ErrorCode::kBadTensor, "inputs exceed their room");
  for (const gate::TensorPlace& place : places) total -= StaysInPlace(place) ? AlignInRing(place.size) : 0;
  if (total > max_input_bytes_) return Error(ErrorCode::kNoMemory, "inputs exceed the memory for them");
  return MakeRoom(static_cast<std::size_t>(total) + kAlignment, inputs_);
}

Status ServedModel::TakeInputs(const gate::TensorPlaces& places, ByteView shared, Inputs& inputs) {
  EK_TRY(CheckInputs(places));
  EK_TRY(MakeRoomForCopies(places, shared.size()));
  MutableByteView room = inputs_.RevealForWriting();
  room = room.subspan(PaddingOf(room.data()));
  for (const gate::TensorPlace& place : places) {
    engine::InputTensor input{.index = place.index, .type = std::to_underlying(place.type)};
    for (const std::int64_t dim : place.shape) EK_TRY(input.shape.PushBack(dim));
    input.bytes = shared.subspan(static_cast<std::size_t>(place.offset), static_cast<std::size_t>(place.size));
    if (!StaysInPlace(place)) {
      std::ranges::copy(input.bytes, room.begin());
      input.bytes = room.first(input.bytes.size());
      room = room.subspan(static_cast<std::size_t>(AlignInRing(input.bytes.size())));
    }
    EK_TRY(inputs.PushBack(input));
  }
  return {};
}

}  // namespace edgekeep::cell
