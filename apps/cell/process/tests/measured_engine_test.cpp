// What cells load is what was measured, whatever becomes of the library's file meanwhile.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "edgekeep/gate/cell_orders.h"
#include "edgekeep/isolation/spawner_cell_host.h"
#include "lent_spawner.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::cell {
namespace {

namespace fs = std::filesystem;

// A spawner whose engine is a file of the test's own.
class Device {
 public:
  explicit Device(const fs::path& engine)
      : spawner_({.libexec = EK_LIBEXEC, .engine = engine}),
        host_(isolation::SpawnerCellHost::Create(spawner_.TakeSocket()).value()) {}

  // What a new cell says it has loaded.
  Result<std::string> EngineKey() {
    EK_TRY_ASSIGN(const auto cell, host_->Start(ports::CellPurpose::kServe, 1 << 20));
    EK_TRY_ASSIGN(const gate::CellHello hello, gate::DecodeCellHello(cell->hello()));
    return std::string(hello.engine_key.view());
  }

  pid_t spawner() const { return spawner_.pid(); }

 private:
  attack::LentSpawner spawner_;
  std::unique_ptr<isolation::SpawnerCellHost> host_;
};

class MeasuredEngine : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!attack::CanRunSpawner()) GTEST_SKIP() << "SKIP measured engine: needs root, the users edgekeep-*";
    char name[] = "/tmp/edgekeep-engine-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    directory_ = name;
    engine_ = directory_ / "libonnxruntime.so.1";
    fs::copy_file(EK_ONNXRUNTIME_LIBRARY, engine_);
  }

  void TearDown() override { fs::remove_all(directory_); }

  // Another library by its bytes, though it computes the same.
  void ChangeInPlace() { std::ofstream(engine_, std::ios::app) << "more"; }

  void Replace() {
    const fs::path other = directory_ / "other";
    fs::copy_file(engine_, other);
    std::ofstream(other, std::ios::app) << "others";
    fs::rename(other, engine_);
  }

  fs::path directory_;
  fs::path engine_;
};

TEST_F(MeasuredEngine, IsTheOneThatIsLoadedThoughItsFileChanges) {
  Device device(engine_);
  const auto before = device.EngineKey();
  ASSERT_TRUE(before);
  ChangeInPlace();
  EXPECT_EQ(*device.EngineKey(), *before);
  Replace();
  EXPECT_EQ(*device.EngineKey(), *before);
  fs::remove(engine_);
  EXPECT_EQ(*device.EngineKey(), *before);
}

// The control: the change was one that a measurement sees, and the next start sees it.
TEST_F(MeasuredEngine, ThatWasReplacedIsNoticedAtTheNextStart) {
  const auto before = Device(engine_).EngineKey();
  ChangeInPlace();
  const auto changed = Device(engine_).EngineKey();
  Replace();
  const auto replaced = Device(engine_).EngineKey();
  ASSERT_TRUE(before && changed && replaced);
  EXPECT_NE(*changed, *before);
  EXPECT_NE(*replaced, *before);
  EXPECT_NE(*replaced, *changed);
}

// Root itself, who may open the spawner's descriptors, cannot write to the copy.
TEST_F(MeasuredEngine, CannotBeWrittenToByAnybody) {
  Device device(engine_);
  std::size_t copies = 0;
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(device.spawner()) + "/fd")) {
    if (fs::read_symlink(entry.path()).string().find("memfd:libonnxruntime") == std::string::npos) continue;
    ++copies;
    const gate::Descriptor copy(open(entry.path().c_str(), O_RDWR | O_CLOEXEC));
    char byte = 0;
    EXPECT_TRUE(!copy.valid() || pwrite(copy.get(), &byte, 1, 0) < 0);
  }
  EXPECT_EQ(copies, 1U);
}

TEST_F(MeasuredEngine, ThatIsMissingLeavesCellsWithoutOne) {
  Device device(directory_ / "nowhere");
  EXPECT_EQ(device.EngineKey().error().code(), ErrorCode::kModelRefused);
}

}  // namespace
}  // namespace edgekeep::cell
