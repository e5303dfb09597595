#include "fake_cell.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cstring>

#include "edgekeep/base/check.h"

namespace edgekeep::client {
namespace {

constexpr std::uint64_t kDefaultBytes = 65536;

gate::TensorInfo Info(const char* name, gate::ElementType type, std::initializer_list<std::int64_t> shape) {
  gate::TensorInfo info{.name = InlineString<127>::Truncated(name), .type = type};
  for (const std::int64_t dimension : shape) EK_CHECK(info.shape.PushBack(dimension).has_value());
  return info;
}

template <typename T>
T* At(gate::RingMemory& ring, const gate::TensorPlace& place) {
  return reinterpret_cast<T*>(ring.data().subspan(place.offset, place.size).data());
}

const gate::TensorPlace& Input(const gate::TensorPlaces& places, std::uint32_t index) {
  return places[0].index == index ? places[0] : places[1];
}

std::uint64_t EndOf(const gate::TensorPlace& place) {
  return (place.offset + place.size + 63) / 64 * 64;
}

gate::Descriptor Copy(int fd) {
  return gate::Descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

}  // namespace

gate::ModelInfo FakeModelInfo() {
  gate::ModelInfo info;
  EK_CHECK(info.inputs.PushBack(Info("x", gate::ElementType::kFloat32, {-1, 4})).has_value());
  EK_CHECK(info.inputs.PushBack(Info("k", gate::ElementType::kInt64, {})).has_value());
  EK_CHECK(info.outputs.PushBack(Info("y", gate::ElementType::kFloat32, {-1, 4})).has_value());
  EK_CHECK(info.outputs.PushBack(Info("n", gate::ElementType::kInt64, {1})).has_value());
  return info;
}

void WriteAnswer(gate::RingMemory& ring) {
  const Result<gate::TensorPlaces> inputs = gate::TakeCall(ring.header().request, ring.data_size());
  if (!inputs) return gate::PutFailure(inputs.error().code(), ring.header().answer);
  const gate::TensorPlace& x = Input(*inputs, 0);
  const gate::TensorPlace& k = Input(*inputs, 1);
  gate::TensorPlace y{.index = 0, .type = x.type, .shape = x.shape, .size = x.size};
  y.offset = std::max(EndOf(x), EndOf(k));
  gate::TensorPlace n{.index = 1, .type = gate::ElementType::kInt64, .offset = EndOf(y), .size = 8};
  EK_CHECK(n.shape.PushBack(1).has_value());
  if (n.offset + n.size > ring.data_size()) return gate::PutFailure(ErrorCode::kTooLarge, ring.header().answer);
  for (std::size_t i = 0; i < x.size / sizeof(float); ++i) {
    At<float>(ring, y)[i] = 2 * At<float>(ring, x)[i] + static_cast<float>(*At<std::int64_t>(ring, k));
  }
  *At<std::int64_t>(ring, n) = x.shape[0];
  gate::TensorPlaces outputs;
  // Backwards: an index is not a position.
  EK_CHECK(outputs.PushBack(n).has_value() && outputs.PushBack(y).has_value());
  gate::PutCall(outputs, ring.header().answer);
}

void RaiseAnswer(gate::RingMemory& ring) {
  gate::Raise(ring.header().answer_sequence, ring.header().application_waiting);
}

void Compute(gate::RingMemory& ring) {
  WriteAnswer(ring);
  RaiseAnswer(ring);
}

FakeCells::~FakeCells() {
  Kill();
  for (Cell& cell : cells_) cell.thread.join();
}

FakeCells::Ends FakeCells::Start(std::uint64_t data_bytes) {
  Result<gate::RingMemory> ring = gate::RingMemory::Create(data_bytes != 0 ? data_bytes : kDefaultBytes);
  auto sockets = gate::Channel::Pair();
  EK_CHECK(ring && sockets);
  Ends ends{.ring = Copy(ring->fd()), .session = sockets->first.TakeSocket()};
  const std::scoped_lock lock(mutex_);
  Cell& cell =
      cells_.emplace_back(Cell{.ring = *std::move(ring), .session = sockets->second.TakeSocket(), .thread = {}});
  cell.thread = std::thread([this, &cell] { Work(cell); });
  return ends;
}

void FakeCells::Work(Cell& cell) {
  gate::RingHeader& header = cell.ring.header();
  for (std::uint32_t seen = 0;; ++seen) {
    const Status asked =
        gate::WaitForChange(header.request_sequence, seen, header.cell_waiting, 0, gate::kForever, cell.session.get());
    if (!asked || dead_) return;
    handler_(cell.ring);
  }
}

void FakeCells::Kill() {
  const std::scoped_lock lock(mutex_);
  dead_ = true;
  for (Cell& cell : cells_) {
    ::shutdown(cell.session.get(), SHUT_RDWR);
    gate::Raise(cell.ring.header().request_sequence, cell.ring.header().cell_waiting);  // its thread need not wait
  }
}

FakeKeep::Handler FakeCells::AsKeep() {
  return [this](gate::Channel& connection, const gate::Message& request) {
    const Result<gate::OpenModelRequest> asked = gate::DecodeOpenModelRequest(request.frame.body);
    EK_CHECK(asked.has_value());
    const Ends ends = Start(asked->ring_bytes);
    gate::OpenModelAnswer answer{.version = {.sequence = {7}, .display = VersionText::Truncated("1.2.3")},
                                 .model = FakeModelInfo(),
                                 .ring_bytes = gate::kRingDataOffset + kDefaultBytes};
    std::vector<std::uint8_t> room(gate::kMaxBodySize);
    CborWriter body(room);
    EK_CHECK(gate::EncodeOpenModelAnswer(answer, body).has_value());
    const int descriptors[] = {ends.ring.get(), ends.session.get()};
    // The client may have gone.
    static_cast<void>(
        connection.Send(request.frame.header.command, request.frame.header.id, body.written(), descriptors));
  };
}

}  // namespace edgekeep::client
