// Keeps that lie, send rubbish, or are not there.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <latch>

#include "edgekeep/gate/failure.h"
#include "open_model.h"

namespace edgekeep::client {
namespace {

// An honest answer to kOpenModel, ready to be spoilt.
struct OpenAnswer {
  OpenAnswer() : ring(gate::RingMemory::Create(4096).value()), sockets(gate::Channel::Pair().value()) {
    const gate::OpenModelAnswer answer{.version = {.sequence = {1}, .display = VersionText::Truncated("1")},
                                       .model = FakeModelInfo(),
                                       .ring_bytes = gate::kRingDataOffset + 4096,
                                       .provider = 0,
                                       .features = {}};
    body.resize(gate::kMaxBodySize);
    CborWriter writer(body);
    EXPECT_TRUE(gate::EncodeOpenModelAnswer(answer, writer));
    body.resize(writer.written().size());
    descriptors = {ring.fd(), sockets.first.fd()};
  }

  gate::RingMemory ring;
  std::pair<gate::Channel, gate::Channel> sockets;
  std::vector<std::uint8_t> body;
  std::vector<int> descriptors;
};

class HostileKeep : public testing::Test {
 protected:
  void Serve(FakeKeep::Handler handler) {
    keep_.ServeApplications(std::move(handler));
    client_.reset(OpenClient(keep_));
  }

  // Answers with whatever is in answer_.
  void ServeAnswer() {
    Serve([this](gate::Channel& connection, const gate::Message& request) {
      EXPECT_TRUE(
          connection.Send(request.frame.header.command, request.frame.header.id, answer_.body, answer_.descriptors));
    });
  }

  ek_code Open(std::uint32_t timeout_ms = 0) {
    ek_model_options options = EK_MODEL_OPTIONS_INIT;
    options.timeout_ms = timeout_ms;
    ek_model* model = nullptr;
    const ek_code code = ek_model_open(client_.get(), "acme/fake", &options, &model, &error_);
    EXPECT_EQ(code == EK_OK, model != nullptr);
    EXPECT_EQ(code, error_.code);
    ek_model_close(model);
    return code;
  }

  OpenAnswer answer_;
  std::latch done_{1};  // outlives the keep's threads
  FakeKeep keep_;
  ClientPointer client_{nullptr, &ek_client_close};
  ek_error error_{};
};

TEST_F(HostileKeep, ControlTheHonestAnswerOpens) {
  ServeAnswer();
  EXPECT_EQ(Open(), EK_OK) << error_.where;
}

TEST_F(HostileKeep, AnAnswerToAnotherRequestIsRefused) {
  Serve([this](gate::Channel& connection, const gate::Message& request) {
    EXPECT_TRUE(
        connection.Send(request.frame.header.command, request.frame.header.id + 1, answer_.body, answer_.descriptors));
  });
  EXPECT_EQ(Open(), ek_code{EK_MALFORMED});
}

TEST_F(HostileKeep, AnAnswerToAnotherCommandIsRefused) {
  Serve([this](gate::Channel& connection, const gate::Message& request) {
    EXPECT_TRUE(connection.Send(gate::Command::kStatus, request.frame.header.id, answer_.body, answer_.descriptors));
  });
  EXPECT_EQ(Open(), ek_code{EK_MALFORMED});
}

TEST_F(HostileKeep, EveryTruncatedAnswerIsRefusedAndNoDescriptorIsLeftBehind) {
  ServeAnswer();
  const std::vector<std::uint8_t> whole = answer_.body;
  const std::size_t before = NumDescriptors();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    answer_.body.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(Open(), ek_code{EK_MALFORMED}) << size;
  }
  answer_.body = whole;
  answer_.body.push_back(0);
  EXPECT_EQ(Open(), ek_code{EK_MALFORMED});
  // The keep's thread may not have closed its end of the last connection yet.
  EXPECT_LE(NumDescriptors(), before + 1);
}

TEST_F(HostileKeep, EveryFlippedBitIsAnErrorOrAnotherPlausibleAnswer) {
  ServeAnswer();
  const std::vector<std::uint8_t> whole = answer_.body;
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    answer_.body = whole;
    answer_.body[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const ek_code code = Open();
    EXPECT_TRUE(code == EK_OK || code == EK_MALFORMED || code == EK_UNSUPPORTED || code == EK_TOO_LARGE)
        << bit << " " << ek_error_name(code);
  }
}

TEST_F(HostileKeep, AnotherNumberOfDescriptorsIsRefused) {
  ServeAnswer();
  const std::vector<int> two = answer_.descriptors;
  for (const std::vector<int>& list :
       {std::vector<int>{}, std::vector<int>{two[0]}, std::vector<int>{two[0], two[1], two[1]}}) {
    answer_.descriptors = list;
    EXPECT_EQ(Open(), ek_code{EK_MALFORMED}) << list.size();
  }
}

TEST_F(HostileKeep, WhatIsNoRingIsRefused) {
  ServeAnswer();
  const gate::Descriptor unsealed(::memfd_create("unsealed", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(::ftruncate(unsealed.get(), 1 << 20), 0);
  const gate::Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int fd : {unsealed.get(), null.get(), answer_.descriptors[1]}) {
    answer_.descriptors[0] = fd;
    EXPECT_EQ(Open(), ek_code{EK_MALFORMED});
  }
}

TEST_F(HostileKeep, AKeepThatHangsUpIsNoticed) {
  Serve([](gate::Channel&, const gate::Message&) {});
  EXPECT_EQ(Open(EK_TIMEOUT_NEVER), ek_code{EK_PEER_GONE});
}

TEST_F(HostileKeep, AKeepThatNeverAnswersTimesOut) {
  Serve([this](gate::Channel&, const gate::Message&) { done_.wait(); });
  EXPECT_EQ(Open(50), ek_code{EK_TIMED_OUT});
  done_.count_down();
}

TEST_F(HostileKeep, ItsRefusalsArePassedOn) {
  gate::Failure failure;
  Serve([&failure](gate::Channel& connection, const gate::Message& request) {
    std::uint8_t room[256];
    CborWriter body(room);
    EXPECT_TRUE(gate::EncodeFailure(failure, body));
    EXPECT_TRUE(connection.Send(gate::Command::kError, request.frame.header.id, body.written()));
  });
  failure = {.code = ErrorCode::kExpired, .where = InlineString<96>::Truncated("licence of acme/fake")};
  EXPECT_EQ(Open(), ek_code{EK_EXPIRED});
  EXPECT_STREQ(error_.where, "licence of acme/fake");
  failure = {.code = ErrorCode::kDenied, .where = {}};
  EXPECT_EQ(Open(), ek_code{EK_DENIED});
  EXPECT_STREQ(error_.where, "");
}

TEST_F(HostileKeep, AnErrorThatIsNoneIsRefused) {
  std::vector<std::uint8_t> body;
  Serve([&body](gate::Channel& connection, const gate::Message& request) {
    EXPECT_TRUE(connection.Send(gate::Command::kError, request.frame.header.id, body));
  });
  // Nothing; code 0; an unknown code; a reason beside a denial.
  for (const std::vector<std::uint8_t>& bytes : std::vector<std::vector<std::uint8_t>>{
           {}, {0xA2, 1, 0, 2, 0x60}, {0xA2, 1, 0x18, 99, 2, 0x60}, {0xA2, 1, 1, 2, 0x61, 'x'}}) {
    body = bytes;
    EXPECT_EQ(Open(), ek_code{EK_MALFORMED}) << bytes.size();
  }
}

TEST_F(HostileKeep, NoKeepIsNotRunning) {
  client_.reset(OpenClient(keep_));
  EXPECT_EQ(Open(), ek_code{EK_NOT_RUNNING});
  EXPECT_STREQ(ek_error_name(error_.code), "not-running");
}

TEST_F(HostileKeep, AWrongProductNameIsRefusedBeforeAnythingIsAsked) {
  client_.reset(OpenClient(keep_));
  for (const char* name : {"", "acme", "acme/", "/x", "Acme/x", "acme/x/y", static_cast<const char*>(nullptr)}) {
    ek_model* model = nullptr;
    EXPECT_EQ(ek_model_open(client_.get(), name, nullptr, &model, nullptr), ek_code{EK_BAD_ARGUMENT});
    EXPECT_EQ(model, nullptr);
  }
}

}  // namespace
}  // namespace edgekeep::client
