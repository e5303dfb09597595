// The library's telemetry writes files at once; with this module it never does.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "edgekeep/base/check.h"

namespace edgekeep::engine::testing {
namespace {

namespace fs = std::filesystem;

class Telemetry : public ::testing::Test {
 public:
  Telemetry() {
    std::string name = fs::temp_directory_path() / "edgekeep-telemetry-XXXXXX";
    EK_CHECK(mkdtemp(name.data()) != nullptr);
    directory_ = name;
  }

  ~Telemetry() override { fs::remove_all(directory_); }

 protected:
  // Computes in a process whose home, temporary and working directory are fresh, with this alone in its environment.
  // Returns what it leaves there, and its log in /tmp if it writes one.
  std::vector<fs::path> FilesLeftBy(const char* way, const char* variable = "LANG=C") {
    const fs::file_time_type start = fs::last_write_time(directory_);
    const std::string home = "HOME=" + directory_.string(), temporary = "TMPDIR=" + directory_.string();
    const pid_t child = fork();
    if (child == 0) {
      if (chdir(directory_.c_str()) != 0) _exit(126);
      // The library's own leaks are not this test's.
      const char* const environment[] = {home.c_str(), temporary.c_str(), variable, "ASAN_OPTIONS=detect_leaks=0",
                                         nullptr};
      execle(EK_TELEMETRY_PROBE, "telemetry_probe", way, EK_TEST_MODELS "/affine.onnx", nullptr, environment);
      _exit(127);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0) << "the probe did not compute";
    std::vector<fs::path> left;
    for (const auto& entry : fs::recursive_directory_iterator(directory_)) left.push_back(entry.path());
    // Another process may have had this number before.
    const fs::path log = "/tmp/mat-debug-" + std::to_string(child) + ".log";
    if (fs::exists(log) && fs::last_write_time(log) >= start) left.push_back(log);
    return left;
  }

 private:
  fs::path directory_;
};

TEST_F(Telemetry, LeavesNothingWhereTheEnvironmentSaysNothing) {
  EXPECT_EQ(FilesLeftBy("loaded"), std::vector<fs::path>());
}

TEST_F(Telemetry, LeavesNothingWhereTheEnvironmentAsksForIt) {
  EXPECT_EQ(FilesLeftBy("loaded", "ORT_DISABLE_TELEMETRY=0"), std::vector<fs::path>());
}

TEST_F(Telemetry, ControlTheLibraryAloneLeavesFiles) {
  EXPECT_NE(FilesLeftBy("bare"), std::vector<fs::path>());
}

TEST_F(Telemetry, TheVariableIsWhatTurnsItOff) {
  EXPECT_EQ(FilesLeftBy("bare", "ORT_DISABLE_TELEMETRY=1"), std::vector<fs::path>());
}

}  // namespace
}  // namespace edgekeep::engine::testing
