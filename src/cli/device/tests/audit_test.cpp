#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "command.h"
#include "edgekeep/json/text.h"

namespace edgekeep::cli::device {
namespace {

std::string TaggedWords() {
  std::string words;
  for (int i = 0; i < 1000; ++i) words += std::string({static_cast<char>(i), static_cast<char>(i / 3), '\x5A', '\x3A'});
  return words;
}

TEST(AuditMemory, FindsTagsInFilesAndFailsThen) {
  const WorkDirectory directory;
  const std::string tagged = directory.Write("tagged", TaggedWords());
  const Output output = Edgekeep({"audit-memory", "--tag", "3a5a", "--path", tagged});
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_EQ(output.err, "");
  EXPECT_TRUE(output.out.ends_with("1000 found in 0 processes and 1 places\n")) << output.out;
}

TEST(AuditMemory, FindsNothingWhereNothingIs) {
  const WorkDirectory directory;
  directory.Write("clean", std::string(100'000, 'x'));
  const Output output = Edgekeep({"audit-memory", "--tag", "3a5a", "--path", directory.path()});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_TRUE(output.out.ends_with("nothing found in 0 processes and 1 places\n")) << output.out;
}

TEST(AuditMemory, LooksIntoTheStateOfADevice) {
  const WorkDirectory device;
  std::filesystem::create_directories(device.path() / "var/lib/edgekeep/keep");
  device.Write("var/lib/edgekeep/keep/slot", TaggedWords());
  const Output output = Edgekeep({"--root", device.path(), "--json", "audit-memory", "--tag", "3a5a"});
  EXPECT_EQ(output.exit_code, 1);
  const auto value = json::Parse(output.out);
  ASSERT_TRUE(value) << output.out;
  EXPECT_EQ(value->AsObject().value()->Find("found")->AsUnsigned().value(), 1000U);
  for (const char* place : {"core dumps", "swap", "temporary files", "shared memory of nobody"}) {
    EXPECT_NE(output.out.find(place), std::string::npos) << place;
  }
}

TEST(AuditMemory, LooksIntoAProcess) {
  const std::string pid = std::to_string(::getpid());
  const Output output = Edgekeep({"audit-memory", "--tag", "00112233445566778899aabbccddeeff", "--pid", pid});
  EXPECT_EQ(output.exit_code, 0) << output.out << output.err;
  EXPECT_TRUE(output.out.starts_with("process " + pid + ": 0 found")) << output.out;
}

// Own memory of a kind, for as long as the object lives.
class MappedFile {
 public:
  static constexpr std::size_t kSize = 65536;

  MappedFile(int fd, bool has_room) : fd_(fd) {
    if (fd_ < 0 || (has_room && ::ftruncate(fd_, kSize) != 0)) return;
    memory_ = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
    if (has_room && is_mapped()) *static_cast<volatile char*>(memory_) = 1;
  }

  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  ~MappedFile() {
    if (is_mapped()) ::munmap(memory_, kSize);
    if (fd_ >= 0) ::close(fd_);
  }

  bool is_mapped() const { return memory_ != MAP_FAILED; }

 private:
  int fd_;
  void* memory_ = MAP_FAILED;
};

Output AuditThisProcess() {
  return Edgekeep({"audit-memory", "--tag", "00112233445566778899aabbccddeeff", "--pid", std::to_string(::getpid())});
}

TEST(AuditMemory, FailsWhereMemoryCannotBeRead) {
  const MappedFile beyond_its_end(::memfd_create("short", 0), false);
  ASSERT_TRUE(beyond_its_end.is_mapped());
  const Output output = AuditThisProcess();
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_NE(output.out.find("nothing found in what could be read of 1 processes and 0 places"), std::string::npos);
  EXPECT_TRUE(output.out.ends_with("; 1 places could not be read\n")) << output.out;
}

TEST(AuditMemory, SaysThatSecretMemoryIsShownToNoScan) {
  const MappedFile secret(static_cast<int>(::syscall(SYS_memfd_secret, 0)), true);
  if (!secret.is_mapped()) GTEST_SKIP() << "SKIP secret memory: this kernel has no memfd_secret";
  const Output output = AuditThisProcess();
  EXPECT_EQ(output.exit_code, 0) << output.out;
  EXPECT_TRUE(output.out.ends_with(
      "nothing found in 1 processes and 0 places; secret memory (memfd_secret) is shown to no scan\n"))
      << output.out;
}

TEST(AuditMemory, FailsWhereAFileCannotBeRead) {
  const Output output = Edgekeep({"--json", "audit-memory", "--tag", "3a5a", "--path", "/proc/self/mem"});
  EXPECT_EQ(output.exit_code, 1);
  const auto value = json::Parse(output.out);
  ASSERT_TRUE(value) << output.out;
  EXPECT_EQ(value->AsObject().value()->Find("found")->AsUnsigned().value(), 0U);
  EXPECT_NE(output.out.find("\"complete\": false"), std::string::npos) << output.out;
}

TEST(AuditMemory, RefusesWhatCannotBeScanned) {
  const WorkDirectory directory;
  EXPECT_EQ(Edgekeep({"audit-memory", "--tag", "3a5a", "--path", directory.path() / "absent"}).exit_code, 1);
  EXPECT_EQ(Edgekeep({"audit-memory", "--tag", "3a5a", "--pid", "1073741823"}).exit_code, 1);
  EXPECT_EQ(Edgekeep({"audit-memory", "--tag", "hello", "--path", directory.path()}).exit_code, 1);
  const Output nothing = Edgekeep({"--root", directory.path(), "audit-memory", "--tag", "3a5a"});
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_NE(nothing.err.find("nothing to scan"), std::string::npos);
}

}  // namespace
}  // namespace edgekeep::cli::device
