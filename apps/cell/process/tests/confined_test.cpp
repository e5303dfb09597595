// The cell as it ships, started by the real spawner: it installs and serves inside all of its confinement.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <memory>

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

}  // namespace
}  // namespace edgekeep::cell
