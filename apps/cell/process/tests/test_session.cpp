#include "test_session.h"

#include <array>
#include <cstring>
#include <tuple>

namespace edgekeep::cell {

Result<TestSession> TestSession::Open(OrderTaker& cell, gate::SessionNumber number, std::uint32_t num_slots) {
  TestSession session;
  EK_TRY_ASSIGN(gate::RingMemory ring, gate::RingMemory::Create(4 << 20, num_slots));
  session.ring_.emplace(std::move(ring));
  EK_TRY_ASSIGN(std::tie(session.ours_, session.cells_), gate::Channel::Pair());
  EK_TRY(session.JoinTo(cell, number));
  return session;
}

Status TestSession::JoinTo(OrderTaker& cell, gate::SessionNumber number) {
  const std::array descriptors = {ring_->fd(), cells_.fd()};
  return cell.Order(gate::Command::kAddSession, {.session = number}, descriptors);
}

Status TestSession::StartCall(const std::vector<float>& x, std::initializer_list<std::int64_t> shape,
                              std::size_t slot) {
  gate::RingHeader& header = ring_->header();
  gate::TensorPlace place{.size = x.size() * sizeof(float)};
  for (const std::int64_t dim : shape) EK_TRY(place.shape.PushBack(dim));
  std::memcpy(ring_->room(slot).data(), x.data(), place.size);
  gate::TensorPlaces call;
  EK_TRY(call.PushBack(place));
  gate::PutCall(call, header.slots[slot].request);
  header.slots[slot].submitted += 1;
  gate::Raise(header.bell, header.cell_waiting);
  return {};
}

Result<gate::TensorPlaces> TestSession::CallWith(const gate::TensorPlaces& inputs) {
  gate::RingHeader& header = ring_->header();
  gate::RingSlot& slot = header.slots[0];
  gate::WaitMemory spin(0);
  const std::uint32_t before = slot.submitted.load();
  gate::PutCall(inputs, slot.request);
  slot.submitted += 1;
  gate::Raise(header.bell, header.cell_waiting);
  EK_TRY(gate::WaitForChange(slot.answered, before, slot.application_waiting, spin, 60'000, ours_.fd()));
  return gate::TakeCall(slot.answer, ring_->room_size());
}

Result<std::vector<float>> TestSession::Await(std::size_t number, int timeout_ms) {
  gate::RingSlot& slot = ring_->header().slots[number];
  gate::WaitMemory spin(0);
  const std::uint32_t before = slot.submitted.load() - 1;
  EK_TRY(gate::WaitForChange(slot.answered, before, slot.application_waiting, spin, timeout_ms, ours_.fd()));
  EK_TRY_ASSIGN(const gate::TensorPlaces outputs, gate::TakeCall(slot.answer, ring_->room_size()));
  std::vector<float> values(outputs[0].size / sizeof(float));
  std::memcpy(values.data(), ring_->room(number).data() + outputs[0].offset, outputs[0].size);
  return values;
}

Result<std::vector<float>> TestSession::Call(const std::vector<float>& x, std::initializer_list<std::int64_t> shape) {
  EK_TRY(StartCall(x, shape));
  return Await();
}

}  // namespace edgekeep::cell
