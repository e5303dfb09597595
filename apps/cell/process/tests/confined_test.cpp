// The cell as it ships, started by the real spawner: it installs and serves inside all of its confinement.
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>

#include "edgekeep/isolation/spawner_cell_host.h"
#include "installed_model.h"
#include "lent_spawner.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::cell {
namespace {

using engine::testing::TestModel;
using ports::CellPurpose;

constexpr std::uint64_t kMemory = 32ULL << 20;

class ByCellHost final : public OrderTaker {
 public:
  explicit ByCellHost(std::unique_ptr<ports::Cell> cell) : cell_(std::move(cell)) {}

  using OrderTaker::Order;

  Result<Bytes> Order(gate::Command command, ByteView body, std::span<const int> descriptors) override {
    constexpr int kTimeoutMs = 60000;
    EK_TRY_ASSIGN(const SecretBytes secret, SecretBytes::CopyOf(body));
    return cell_->Order(static_cast<std::uint16_t>(command), secret, descriptors, kTimeoutMs);
  }

  ports::Cell& cell() { return *cell_; }

  bool EndsByItself() {
    for (int i = 0; i < 500 && cell_->alive(); ++i) poll(nullptr, 0, 10);
    return !cell_->alive();
  }

 private:
  std::unique_ptr<ports::Cell> cell_;
};

class ConfinedCell : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!attack::CanRunSpawner()) GTEST_SKIP() << "SKIP confined cell: needs root, the users edgekeep-*, no sanitizer";
    spawner_ =
        std::make_unique<attack::LentSpawner>(attack::Launch{.libexec = EK_LIBEXEC, .engine = EK_ONNXRUNTIME_LIBRARY});
    auto host = isolation::SpawnerCellHost::Create(spawner_->TakeSocket());
    ASSERT_TRUE(host);
    host_ = *std::move(host);
  }

  std::unique_ptr<ByCellHost> Start(CellPurpose purpose) {
    auto cell = host_->Start(purpose, kMemory);
    EXPECT_TRUE(cell) << NameOf(cell.error().code()) << " " << cell.error().where();
    return cell ? std::make_unique<ByCellHost>(*std::move(cell)) : nullptr;
  }

  // /proc/PID/`name` of the spawner's children.
  std::string OfCells(const std::string& name) const {
    const std::string spawner = "/proc/" + std::to_string(spawner_->pid());
    std::ifstream children(spawner + "/task/" + std::to_string(spawner_->pid()) + "/children");
    std::string text;
    for (pid_t pid = 0; children >> pid;) {
      std::ifstream file("/proc/" + std::to_string(pid) + "/" + name);
      text.append(std::istreambuf_iterator<char>(file), {});
    }
    return text;
  }

  std::unique_ptr<attack::LentSpawner> spawner_;
  std::unique_ptr<isolation::SpawnerCellHost> host_;
};

bool KernelHidesMemory() {
#ifdef SYS_memfd_secret
  const int fd = static_cast<int>(syscall(SYS_memfd_secret, 0));
#else
  const int fd = static_cast<int>(syscall(447, 0));
#endif
  if (fd >= 0) close(fd);
  return fd >= 0;
}

TEST_F(ConfinedCell, InstallsAndServes) {
  InstalledModel model(TestModel("affine"));
  const auto installer = Start(CellPurpose::kInstall);
  ASSERT_TRUE(installer);
  const auto answer = model.Install(*installer);
  ASSERT_TRUE(answer) << NameOf(answer.error().code());
  EXPECT_TRUE(answer->prepared);
  EXPECT_TRUE(installer->EndsByItself());
  for (const bool prepared : {true, false}) {
    const auto cell = Start(CellPurpose::kServe);
    ASSERT_TRUE(cell);
    const auto hello = gate::DecodeCellHello(cell->cell().hello());
    ASSERT_TRUE(hello);
    EXPECT_EQ(hello->engine_key.view(), answer->engine_key.view());
    ASSERT_TRUE(model.Serve(*cell, prepared));
    EXPECT_EQ(*model.Call({1, 2, 3}, {3}), (std::vector<float>{3, 5, 7}));
    EXPECT_EQ(model.Call({1, 2}, {2, 1}).error().code(), ErrorCode::kBadTensor);
    cell->cell().AskToEnd();
    EXPECT_TRUE(cell->EndsByItself());
  }
}

TEST_F(ConfinedCell, RefusesAndEndsByItself) {
  InstalledModel hostile(TestModel("read-beside"));
  const auto installer = Start(CellPurpose::kInstall);
  ASSERT_TRUE(installer);
  EXPECT_EQ(hostile.Install(*installer).error().code(), ErrorCode::kModelRefused);
  EXPECT_TRUE(installer->EndsByItself());
}

// Not even the kernel's own view of other processes' memory shows them.
TEST_F(ConfinedCell, KeepsOrdersInHiddenPages) {
  if (!KernelHidesMemory()) GTEST_SKIP() << "SKIP hidden pages: this kernel has no memfd_secret";
  for (const CellPurpose purpose : {CellPurpose::kServe, CellPurpose::kInstall}) {
    const auto cell = Start(purpose);
    ASSERT_TRUE(cell);
    EXPECT_NE(OfCells("maps").find("secretmem"), std::string::npos);
  }
}

// A function looked up at its first call leaves vector registers, and so weights, on the stack.
TEST_F(ConfinedCell, BindsEveryFunctionAtItsStart) {
  const auto cell = Start(CellPurpose::kServe);
  ASSERT_TRUE(cell);
  EXPECT_NE(OfCells("environ").find("LD_BIND_NOW=1"), std::string::npos);
}

TEST_F(ConfinedCell, ServesLargerModelsWithSeveralThreads) {
  InstalledModel model(TestModel("tagged"));
  const auto installer = Start(CellPurpose::kInstall);
  ASSERT_TRUE(installer);
  ASSERT_TRUE(model.Install(*installer));
  const auto cell = Start(CellPurpose::kServe);
  ASSERT_TRUE(cell);
  ASSERT_TRUE(model.Serve(*cell, true, 2));
  EXPECT_TRUE(model.Call(std::vector<float>(std::size_t{4} * 1024, 1), {1, 4, 1024}));
}

class ConfinedPolicy : public ConfinedCell {
 protected:
  void SetUp() override {
    ConfinedCell::SetUp();
    if (IsSkipped()) return;
    const auto installer = Start(CellPurpose::kInstall);
    ASSERT_TRUE(installer && model_.Install(*installer));
  }

  // The processors that each thread of the cell may run on, its first one apart, which only waits.
  std::set<std::string> ProcessorsOfThreads() const {
    std::set<std::string> lists;
    const pid_t cell = OnlyCell();
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(cell) + "/task")) {
      if (task.path().filename() == std::to_string(cell)) continue;
      std::ifstream status(task.path() / "status");
      for (std::string line; std::getline(status, line);) {
        if (line.starts_with("Cpus_allowed_list:")) lists.insert(line.substr(line.find('\t') + 1));
      }
    }
    return lists;
  }

  InstalledModel model_{TestModel("affine")};

 private:
  pid_t OnlyCell() const {
    const std::string spawner = std::to_string(spawner_->pid());
    std::ifstream children("/proc/" + spawner + "/task/" + spawner + "/children");
    pid_t last = -1;
    for (pid_t pid = 0; children >> pid;) last = pid;
    return last;
  }
};

// The highest that this process may use: no other one would be taken by chance.
std::uint16_t LastProcessor() {
  cpu_set_t set;
  CPU_ZERO(&set);
  EK_CHECK(sched_getaffinity(0, sizeof(set), &set) == 0);
  std::uint16_t last = 0;
  for (std::uint16_t i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &set)) last = i;
  }
  return last;
}

formats::ProductPolicy OnProcessors(std::initializer_list<std::uint16_t> processors) {
  formats::ProductPolicy policy;
  for (const std::uint16_t processor : processors) EK_CHECK(policy.processors.PushBack(processor));
  return policy;
}

TEST_F(ConfinedPolicy, RunsOnTheProcessorsItNamesAndOnNoOther) {
  const std::uint16_t last = LastProcessor();
  if (last == 0) GTEST_SKIP() << "SKIP processors: this machine has one";
  {
    const auto cell = Start(CellPurpose::kServe);
    const auto answer = model_.ServeBy({}, *cell, true, 2);
    ASSERT_TRUE(answer);
    EXPECT_FALSE(ProcessorsOfThreads().contains(std::to_string(last))) << "the control: without a policy";
    cell->cell().AskToEnd();
    EXPECT_TRUE(cell->EndsByItself());
  }
  const auto cell = Start(CellPurpose::kServe);
  const auto answer = model_.ServeBy(OnProcessors({last, formats::kLastProcessor}), *cell, true, 2);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->processors_ignored);
  EXPECT_EQ(ProcessorsOfThreads(), std::set<std::string>{std::to_string(last)});
  EXPECT_EQ(*model_.Call({4}, {1}), std::vector<float>{9});
}

TEST_F(ConfinedPolicy, ProcessorsThatAreNotThereAreIgnoredAndReported) {
  if (LastProcessor() == formats::kLastProcessor) GTEST_SKIP() << "SKIP processors: this machine has them all";
  const auto cell = Start(CellPurpose::kServe);
  const auto answer = model_.ServeBy(OnProcessors({formats::kLastProcessor}), *cell, true);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->processors_ignored);
  EXPECT_EQ(*model_.Call({4}, {1}), std::vector<float>{9});
}

formats::ProductPolicy On(std::initializer_list<formats::ExecutionProvider> providers) {
  formats::ProductPolicy policy{.weights_may_leave = true};
  policy.providers = {};
  for (const auto provider : providers) EK_CHECK(policy.providers.PushBack(provider));
  return policy;
}

// A confined cell has neither the libraries nor the devices of the others: looking for them in vain must not end it.
TEST_F(ConfinedPolicy, ComputesOnTheCpuWhereNothingElseIs) {
  using enum formats::ExecutionProvider;
  const auto cell = Start(CellPurpose::kServe);
  const auto answer = model_.ServeBy(On({kCuda, kTensorRt, kOpenVino, kWebGpu, kCpu}), *cell, false);
  ASSERT_TRUE(answer) << NameOf(answer.error().code());
  EXPECT_EQ(answer->provider, std::to_underlying(kCpu));
  EXPECT_EQ(*model_.Call({4}, {1}), std::vector<float>{9});
}

TEST_F(ConfinedPolicy, WithoutTheCpuAndWithNothingElseHereTheModelIsRefused) {
  using enum formats::ExecutionProvider;
  for (const bool prepared : {false, true}) {
    const auto cell = Start(CellPurpose::kServe);
    const auto answer = model_.ServeBy(On({kCuda, kTensorRt, kOpenVino, kWebGpu}), *cell, prepared);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), ErrorCode::kModelRefused);
  }
}

}  // namespace
}  // namespace edgekeep::cell
