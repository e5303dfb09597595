// An application that maps its ring twice and writes at random all over it while calls are under way.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <cstring>
#include <edgekeep/edgekeep.hpp>
#include <random>
#include <thread>

#include "attacked_device.h"
#include "edgekeep/gate/app.h"
#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/gate/posix/ring_memory.h"
#include "require.h"

namespace edgekeep::test {
namespace {

constexpr std::uint64_t kRoom = 1 << 20;
constexpr std::uint32_t kCalls = 4;
constexpr int kAnswerMs = 60'000;
constexpr std::array<std::int64_t, 4> kShape = {1, 3, 48, 192};

std::vector<float> Picture() {
  std::vector<float> x(3UL * 48 * 192);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 251) / 251;
  return x;
}

// A session without libedgekeep: the ring's memory in this program's hands, mapped twice.
struct RawSession {
  gate::RingMemory ring;
  gate::RingMemory again;
  gate::Descriptor socket;

  bool IsOpen() const {
    pollfd watched{.fd = socket.get(), .events = POLLIN, .revents = 0};
    return poll(&watched, 1, 0) == 0;
  }
};

Result<RawSession> OpenRaw(const Device& device) {
  EK_TRY_ASSIGN(gate::Channel channel, gate::Channel::Connect((device.root() / "run/edgekeep/app.sock").c_str()));
  gate::OpenModelRequest request{.ring_bytes = kRoom, .calls = kCalls};
  EK_TRY_ASSIGN(request.product, ProductName::Parse(kProduct));
  std::array<std::uint8_t, 512> room{};
  CborWriter body(room);
  EK_TRY(gate::EncodeOpenModelRequest(request, body));
  EK_TRY(channel.Send(gate::Command::kOpenModel, 1, body.written()));
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(gate::kMaxFrameSize));
  EK_TRY_ASSIGN(gate::Message answer, channel.Receive(buffer.mutable_view(), kAnswerMs));
  if (answer.num_descriptors != 2) return Error(ErrorCode::kInternal, "test: the keep's answer");
  gate::Descriptor copy(fcntl(answer.descriptors[0].get(), F_DUPFD_CLOEXEC, 0));
  EK_TRY_ASSIGN(gate::RingMemory ring, gate::RingMemory::Map(std::move(answer.descriptors[0])));
  EK_TRY_ASSIGN(gate::RingMemory again, gate::RingMemory::Map(std::move(copy)));
  return RawSession{std::move(ring), std::move(again), std::move(answer.descriptors[1])};
}

void Submit(gate::RingMemory& ring, std::size_t which) {
  gate::RingSlot& slot = ring.header().slots[which];
  const std::vector<float> x = Picture();
  gate::TensorPlace place{.size = x.size() * sizeof(float)};
  for (const std::int64_t dimension : kShape) Require(place.shape.PushBack(dimension).has_value(), "shape");
  gate::TensorPlaces inputs;
  Require(inputs.PushBack(place).has_value(), "inputs");
  std::memcpy(ring.room(which).data(), x.data(), place.size);
  gate::PutCall(inputs, slot.request);
  slot.submitted += 1;
  gate::Raise(ring.header().bell, ring.header().cell_waiting);
}

// Words of all sizes of mischief, at random places of the header, the slots and the rooms.
void Scribble(gate::RingMemory& ring, std::uint64_t seed, const std::stop_token& stop) {
  std::mt19937_64 random(seed);
  auto* const begin = reinterpret_cast<std::uint8_t*>(&ring.header());
  constexpr std::uint64_t kLikely[] = {0, 1, 2, 4, 64, ~0ULL, 1ULL << 31, 1ULL << 32, 1ULL << 62, 1ULL << 63};
  constexpr std::size_t kSlots = 128 + kCalls * sizeof(gate::RingSlot);
  while (!stop.stop_requested()) {
    const std::size_t areas[] = {kSlots, kSlots, 128, gate::kRingDataOffset + ring.data_size()};
    const std::size_t at = random() % (areas[random() % 4] / 4 - 1) * 4;
    const std::uint64_t word = random() % 2 == 0 ? kLikely[random() % std::size(kLikely)] : random();
    const std::size_t size = random() % 2 == 0 ? 4 : 8;
    std::memcpy(begin + at, &word, size);
    if (random() % 64 == 0) std::this_thread::yield();
  }
}

// One honest call after all that; its first output's bytes.
std::vector<std::uint8_t> CallHonestly(RawSession& session) {
  gate::RingSlot& slot = session.ring.header().slots[0];
  session.ring.header().num_slots = kCalls;
  const std::uint32_t number = slot.submitted + 1;
  slot.given_up = number - 1;
  slot.answered = number - 1;
  slot.wanted_receipt = 0;
  Submit(session.ring, 0);
  gate::WaitMemory no_spin(0);
  for (std::uint32_t before = slot.answered; before != number; before = slot.answered) {
    const Status changed =
        gate::WaitForChange(slot.answered, before, slot.application_waiting, no_spin, kAnswerMs, session.socket.get());
    Require(changed.has_value(), "the cell answers after it was scribbled over");
  }
  const auto outputs = gate::TakeCall(slot.answer, session.ring.room_size());
  Require(outputs.has_value(),
          std::string("an honest call's answer: ") + (outputs ? "" : NameOf(outputs.error().code())));
  const ByteView bytes = ByteView(session.ring.room(0)).subspan((*outputs)[0].offset, (*outputs)[0].size);
  return {bytes.begin(), bytes.end()};
}

class ScribblingClient : public Attack {};

TEST_F(ScribblingClient, HarmsNeitherItsCellNorTheKeepNorAnyOther) {
  InstallRightly();
  const auto client = app::Client::Open({.root = device_.root().c_str()});
  ASSERT_TRUE(client);
  auto honest = client->OpenModel(kProduct);
  ASSERT_TRUE(honest) << honest.error().where();
  const std::vector<float> x = Picture();
  const std::array inputs = {app::Input(nullptr, x, kShape)};
  const auto answer = [&] {
    const auto outputs = honest->Run(inputs);
    Require(outputs.has_value(), "the honest neighbour's call");
    const std::span<const std::byte> bytes = (*outputs)[0].bytes();
    const auto* const begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
    return std::vector<std::uint8_t>(begin, begin + bytes.size());
  };
  const std::vector<std::uint8_t> expected = answer();

  auto session = OpenRaw(device_);
  ASSERT_TRUE(session) << session.error().where();
  ASSERT_EQ(CallHonestly(*session), expected);
  std::jthread first([&](const std::stop_token& stop) { Scribble(session->ring, 1, stop); });
  std::jthread second([&](const std::stop_token& stop) { Scribble(session->again, 2, stop); });
  for (std::size_t i = 0; i < 400; ++i) {
    Submit(session->ring, i % kCalls);
    if (i % 8 == 0) {
      ASSERT_EQ(answer(), expected) << i;
    }
  }
  first.request_stop();
  second.request_stop();
  first.join();
  second.join();
  EXPECT_TRUE(session->IsOpen()) << "its cell ended";
  EXPECT_EQ(CallHonestly(*session), expected);
  EXPECT_EQ(answer(), expected);
  EXPECT_TRUE(device_.KeepIsTheSame());
}

}  // namespace
}  // namespace edgekeep::test
