#include "edgekeep/cell/served_model.h"

#include <algorithm>
#include <utility>

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
  EK_TRY_ASSIGN(model.session_,
                Load(parts, model.plaintext_, order, OptionsOf(order, policy, model.plaintext_.size())));
  if (policy.zero_copy_inputs) model.in_place_ = header.in_place_inputs;
  EK_TRY_ASSIGN(model.info_, ModelInfoOf(model.session_->inputs(), model.session_->outputs()));
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
      guard_(other.guard_),
      in_place_(other.in_place_),
      inputs_(std::move(other.inputs_)),
      guarded_(std::move(other.guarded_)) {}

ServedModel::~ServedModel() {
  session_.reset();
  Wipe(plaintext_);
}

std::optional<ErrorCode> ServedModel::Answer(gate::RingSlot& slot, MutableByteView room) {
  std::uint64_t needed = 0;
  const auto outputs = TryAnswer(slot.request, room, needed);
  if (outputs) {
    gate::PutCall(*outputs, slot.answer);
    return std::nullopt;
  }
  gate::PutFailure(outputs.error().code(), slot.answer, needed);
  return outputs.error().code();
}

Result<gate::TensorPlaces> ServedModel::TryAnswer(const gate::RingCall& request, MutableByteView room,
                                                  std::uint64_t& needed) {
  EK_TRY_ASSIGN(const gate::TensorPlaces places, gate::TakeCall(request, room.size()));
  InlineVector<engine::InputTensor, engine::kMaxTensors> inputs;
  EK_TRY(TakeInputs(places, room, inputs));
  std::uint64_t end = 0;
  for (const gate::TensorPlace& place : places) end = std::max(end, place.offset + place.size);
  OutputPlacement outputs(room, end);
  GuardedOutputs guarded(guard_, guarded_, outputs);
  EK_TRY(session_->Run(inputs.view(), guarded));
  auto placed = outputs.Finish();
  if (!placed) needed = outputs.needed();
  return placed;
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
  const std::size_t needed = static_cast<std::size_t>(total) + kAlignment;
  if (inputs_.size() < needed) {
    inputs_ = SecretBytes();
    EK_TRY_ASSIGN(inputs_, SecretBytes::Allocate(needed));
  }
  return {};
}

Status ServedModel::TakeInputs(const gate::TensorPlaces& places, ByteView shared,
                               InlineVector<engine::InputTensor, engine::kMaxTensors>& inputs) {
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
