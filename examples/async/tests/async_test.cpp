// The examples with cells of the test's own: prompt ones, silent ones, and one that holds its calls.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <latch>
#include <sstream>

#include "fixture/fake_cell.h"
#include "program.h"
#include "temporary_directory.h"

namespace {

using namespace edgekeep;
using client::FakeCall;
using client::FakeCells;

// x float32 [-1, 2] → y, twice as much.
gate::ModelInfo Info() {
  gate::ModelInfo info;
  gate::TensorInfo tensor{.name = InlineString<127>::Truncated("x"), .type = gate::ElementType::kFloat32};
  EXPECT_TRUE(tensor.shape.PushBack(-1) && tensor.shape.PushBack(2));
  EXPECT_TRUE(info.inputs.PushBack(tensor));
  tensor.name = InlineString<127>::Truncated("y");
  EXPECT_TRUE(info.outputs.PushBack(tensor));
  return info;
}

void Double(FakeCall call) {
  const Result<gate::TensorPlaces> inputs = gate::TakeCall(call.slot().request, call.room().size());
  EXPECT_TRUE(inputs);
  const gate::TensorPlace& x = (*inputs)[0];
  auto* const values = reinterpret_cast<float*>(call.room().subspan(x.offset, x.size).data());
  for (std::size_t i = 0; i < x.size / sizeof(float); ++i) values[i] *= 2;
  gate::PutCall(*inputs, call.slot().answer);
  client::RaiseAnswer(call);
}

void StaySilent(FakeCall /*call*/) {}

class AsyncExamples : public testing::Test {
 protected:
  void Serve(FakeCells::Handler handler) {
    cells_ = std::make_unique<FakeCells>(std::move(handler));
    keep_.ServeApplications(cells_->AsKeep(Info()));
  }

  std::vector<std::string> With(const char* program, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {program, "acme/doubled"});
    arguments.push_back(keep_.root());
    return arguments;
  }

  static std::string Contents(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  client::FakeKeep keep_;
  std::unique_ptr<FakeCells> cells_;
};

TEST_F(AsyncExamples, StreamAnswersEveryFrameInOrder) {
  Serve(Double);
  const test::Outcome ran = test::RunProgram(With(EK_STREAM, {"50", "20000"}));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  std::string expected;
  for (int i = 0; i < 50; ++i) expected += "frame " + std::to_string(i) + ": " + std::to_string(2 * i) + "\n";
  EXPECT_EQ(ran.out, expected + "50 answered, 0 late, 0 cancelled\n");
}

TEST_F(AsyncExamples, StreamSaysWhichFrameHadNoAnswerInTime) {
  Serve(StaySilent);
  const test::Outcome ran = test::RunProgram(With(EK_STREAM, {"6", "100"}));
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_TRUE(ran.out.starts_with("frame 0: no answer in time\nframe 1: no answer in time\n")) << ran.out;
  EXPECT_TRUE(ran.out.ends_with("0 answered, 4 late, 0 cancelled\n")) << ran.out;
  EXPECT_TRUE(ran.err.starts_with("stream: timed-out: ")) << ran.err;
}

TEST_F(AsyncExamples, StreamIsToldOfADeadCell) {
  Serve([this](FakeCall) { cells_->Kill(); });
  const test::Outcome ran = test::RunProgram(With(EK_STREAM, {"6", "20000"}));
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.err.find("stream: peer-gone"), std::string::npos) << ran.err;
}

TEST_F(AsyncExamples, StreamCancelsWhatIsUnderWayWhenItIsInterrupted) {
  std::latch under_way(1);
  std::latch may_answer(1);
  bool asked = false;
  Serve([&](FakeCall call) {
    if (!asked) under_way.count_down();
    asked = true;
    may_answer.wait();
    Double(call);
  });
  const test::TemporaryDirectory files;
  test::Background stream = test::Background::Start(With(EK_STREAM, {"1000", "4000000"}), files / "said");
  under_way.wait();
  stream.Signal(SIGINT);
  EXPECT_EQ(stream.Wait(std::chrono::minutes(1)), 130);
  may_answer.count_down();
  const std::string said = Contents(files / "said");
  EXPECT_TRUE(said.starts_with("0 answered, 0 late, ")) << said;
  EXPECT_FALSE(said.ends_with(" 0 cancelled\n")) << said;
  cells_.reset();  // before what its thread uses
}

TEST_F(AsyncExamples, NewestDropsWhatTheCellCannotTake) {
  Serve(Double);
  const test::Outcome ran = test::RunProgram(With(EK_NEWEST, {"50", "2", "20000"}));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  int answered = -1;
  int dropped = -1;
  int cancelled = -1;
  std::istringstream lines(ran.out);
  int frames = 0;
  for (std::string line; std::getline(lines, line);) {
    int number = 0;
    int value = 0;
    if (std::sscanf(line.c_str(), "frame %d: %d", &number, &value) == 2) {
      EXPECT_EQ(value, 2 * number);
      ++frames;
    } else {
      EXPECT_EQ(std::sscanf(line.c_str(), "%d answered, %d dropped, %d cancelled", &answered, &dropped, &cancelled), 3);
    }
  }
  EXPECT_GT(answered, 0);
  EXPECT_EQ(answered, frames);
  EXPECT_EQ(answered + dropped, 50);
  EXPECT_EQ(cancelled, 0);
}

TEST_F(AsyncExamples, NewestCancelsWhatComesTooLate) {
  Serve(StaySilent);
  const test::Outcome ran = test::RunProgram(With(EK_NEWEST, {"20", "2", "10"}));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, "0 answered, 18 dropped, 2 cancelled\n");  // places of silent cells never come back
}

TEST_F(AsyncExamples, RefuseWrongUseAndModelsOfOtherKinds) {
  EXPECT_EQ(test::RunProgram({EK_STREAM}).exit_code, 2);
  EXPECT_EQ(test::RunProgram({EK_NEWEST, "acme/m"}).exit_code, 2);
  cells_ = std::make_unique<FakeCells>();
  keep_.ServeApplications(cells_->AsKeep());  // two inputs
  EXPECT_EQ(test::RunProgram(With(EK_STREAM, {"1", "1000"})).exit_code, 1);
  EXPECT_EQ(test::RunProgram(With(EK_NEWEST, {"1", "1", "1000"})).exit_code, 1);
}

}  // namespace
