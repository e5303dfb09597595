// edgekeep-fake-keep KIND: a keep and cells of the test's own, for tests in other languages. Prints its root directory
// and serves until its standard input ends. Kinds: compute (y = 2 x + k), echo (each element type, given back), silent
// (cells never answer), held (compute, one call for each line of standard input), dead (cells end when they are asked),
// refusing (a keep that says "expired").
#include <cstdio>
#include <semaphore>
#include <string>
#include <string_view>
#include <vector>

#include "edgekeep/base/check.h"
#include "edgekeep/gate/failure.h"
#include "fixture/fake_cell.h"

namespace {

using namespace edgekeep;
using client::FakeCells;
using client::FakeKeep;

// Inputs and outputs named for the number of their element type, with two free dimensions.
gate::ModelInfo EchoInfo() {
  gate::ModelInfo info;
  for (int number = 0; number < 256; ++number) {
    const auto type = static_cast<gate::ElementType>(number);
    if (!gate::CheckType(type)) continue;
    const std::string name = std::to_string(number);
    gate::TensorInfo tensor{.name = InlineString<127>::Truncated(name.c_str()), .type = type};
    EK_CHECK(tensor.shape.PushBack(-1).has_value() && tensor.shape.PushBack(-1).has_value());
    EK_CHECK(info.inputs.PushBack(tensor).has_value() && info.outputs.PushBack(tensor).has_value());
  }
  return info;
}

void Echo(client::FakeCall call) {
  const Result<gate::TensorPlaces> inputs = gate::TakeCall(call.slot().request, call.room().size());
  EK_CHECK(inputs.has_value());
  gate::PutCall(*inputs, call.slot().answer);
  client::RaiseAnswer(call);
}

void Refuse(gate::Channel& connection, const gate::Message& request) {
  std::vector<std::uint8_t> room(gate::kMaxBodySize);
  CborWriter body(room);
  const gate::Failure failure{.code = ErrorCode::kExpired,
                              .where = InlineString<96>::Truncated("licence of acme/fake")};
  EK_CHECK(gate::EncodeFailure(failure, body).has_value());
  static_cast<void>(connection.Send(gate::Command::kError, request.frame.header.id, body.written()));
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view kind = count == 2 ? arguments[1] : "";
  FakeCells* all = nullptr;
  std::counting_semaphore<> may_answer(0);
  FakeCells::Handler handler = client::Compute;
  if (kind == "echo") handler = Echo;
  if (kind == "silent") handler = [](client::FakeCall) {};
  if (kind == "dead") handler = [&all](client::FakeCall) { all->Kill(); };
  if (kind == "held") {
    handler = [&](client::FakeCall call) {
      may_answer.acquire();
      client::Compute(call);
    };
  }
  FakeCells cells(handler);
  all = &cells;
  FakeKeep keep;
  keep.ServeApplications(kind == "refusing" ? FakeKeep::Handler(Refuse)
                                            : cells.AsKeep(kind == "echo" ? EchoInfo() : client::FakeModelInfo()));
  std::puts(keep.root().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) may_answer.release();
  may_answer.release(1 << 20);  // cells end with their calls
  return 0;
}
