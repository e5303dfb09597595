// What the confinement must leave possible: the real engine loads and runs a real model in it, and its answers are the
// same bits as without it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>

#include "lent_spawner.h"

namespace edgekeep::attack {
namespace {

using isolation::Purpose;

constexpr const char* kModel = EK_DEPS "/models/ocr/ch_ppocr_mobile_v2.0_cls_infer.onnx";
constexpr const char* kEngine = EK_DEPS "/onnxruntime/lib/libonnxruntime.so.1";
constexpr std::uint64_t kEngineMemory = 16 << 20;

using Answer = std::vector<std::uint8_t>;

Answer Classify(gate::Channel& cell, std::uint8_t threads, bool save) {
  const gate::Descriptor model(open(kModel, O_RDONLY | O_CLOEXEC));
  const int fd = model.get();
  const std::uint8_t body[] = {threads, save};
  EXPECT_TRUE(cell.Send(gate::Command::kServeModel, 1, body, {&fd, 1}));
  std::vector<std::uint8_t> buffer(gate::kMaxFrameSize);
  const auto answer = cell.Receive(buffer, 60'000);
  EXPECT_TRUE(answer) << "the cell ended";
  return answer ? Answer(answer->frame.body.begin(), answer->frame.body.end()) : Answer();
}

Answer ClassifyUnconfined(std::uint8_t threads) {
  auto ends = gate::Channel::Pair();
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(ends->second.fd(), 3);
    setenv("ORT_DISABLE_TELEMETRY", "1", 1);
    execl(EK_ENGINE_LIBEXEC "/edgekeep-cell", "edgekeep-cell", "--engine", kEngine, nullptr);
    _exit(127);
  }
  std::vector<std::uint8_t> buffer(gate::kMaxFrameSize);
  EXPECT_TRUE(ends->first.Receive(buffer, 60'000));
  Answer answer = Classify(ends->first, threads, false);
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  return answer;
}

class ConfinedEngine : public testing::Test {
 protected:
  void SetUp() override {
    if (!CanRunSpawner()) GTEST_SKIP() << "SKIP confined engine: needs root and the users edgekeep-*";
    if (access(kModel, R_OK) != 0 || access(kEngine, R_OK) != 0) {
      GTEST_SKIP() << "SKIP confined engine: no ONNX Runtime or model in build/deps";
    }
    spawner_ = std::make_unique<LentSpawner>(Launch{.libexec = EK_ENGINE_LIBEXEC, .engine = kEngine});
  }

  std::unique_ptr<LentSpawner> spawner_;
};

TEST_F(ConfinedEngine, AnswersTheSameBitsServing) {
  HostileCell cell = spawner_->Start(Purpose::kServe, kEngineMemory);
  for (const std::uint8_t threads : {std::uint8_t{1}, std::uint8_t{2}}) {
    const Answer expected = ClassifyUnconfined(threads);
    EXPECT_EQ(expected.size(), 8U);
    EXPECT_EQ(Classify(cell.control, threads, false), expected) << int{threads} << " threads";
  }
}

TEST_F(ConfinedEngine, SavesItsPreparedFormInstalling) {
  HostileCell cell = spawner_->Start(Purpose::kInstall, kEngineMemory);
  EXPECT_EQ(Classify(cell.control, 1, true), ClassifyUnconfined(1));
}

// The control for the scratch space: a serving cell has none.
TEST_F(ConfinedEngine, ControlCannotSaveServing) {
  HostileCell cell = spawner_->Start(Purpose::kServe, kEngineMemory);
  const gate::Descriptor model(open(kModel, O_RDONLY | O_CLOEXEC));
  const int fd = model.get();
  const std::uint8_t body[] = {1, 1};
  EXPECT_TRUE(cell.control.Send(gate::Command::kServeModel, 1, body, {&fd, 1}));
  EXPECT_EQ(WEXITSTATUS(spawner_->WaitStatusOf(cell.number)), 9);
}

}  // namespace
}  // namespace edgekeep::attack
