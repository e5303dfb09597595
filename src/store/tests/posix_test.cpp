// What only a real file system can do to the store.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/store/directory_store.h"
#include "edgekeep/store/journal_file.h"
#include "edgekeep/store/posix_disk.h"
#include "edgekeep/store/posix_input_files.h"
#include "edgekeep/store/system_clock.h"
#include "fixture/temporary_directory.h"

namespace edgekeep::store {
namespace {

using fixture::TemporaryDirectory;

std::string TextOf(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

class PosixStoreTest : public testing::Test {
 protected:
  TemporaryDirectory directory_;
  std::filesystem::path state_ = directory_.path() / "state";
  PosixDisk disk_ = PosixDisk::Open(state_.c_str()).value();
  DirectoryStore store_ = DirectoryStore::Open(disk_).value();
  ProductName product_ = ProductName::Parse("acme/label-ocr").value();
};

TEST_F(PosixStoreTest, FilesAndDirectoriesAreForTheOwnerOnly) {
  EK_ASSERT_OK(store_.ReplaceOf(product_, "record.0", AsBytes("x")));
  struct stat status{};
  ASSERT_EQ(::stat(state_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0700U);
  ASSERT_EQ(::stat((state_ / "products/acme_label-ocr").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0700U);
  ASSERT_EQ(::stat((state_ / "products/acme_label-ocr/record.0").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST_F(PosixStoreTest, SymbolicLinksAreNotFollowed) {
  const std::filesystem::path outside = directory_.path() / "outside";
  std::ofstream(outside) << "victim";
  std::filesystem::create_symlink(outside, state_ / "trust");
  EK_EXPECT_ERROR(store_.Read("trust", 100), ErrorCode::kIo);
  // Replacing puts an object in the link's place and leaves what it pointed to alone.
  EK_ASSERT_OK(store_.Replace("trust", AsBytes("mine")));
  EXPECT_EQ(TextOf(outside), "victim");
  EXPECT_FALSE(std::filesystem::is_symlink(state_ / "trust"));
}

// Names that no object has, links that lead out of it; and what cannot go holds up nothing else.
TEST_F(PosixStoreTest, ErasesWhatOthersPutThere) {
  const std::filesystem::path outside = directory_.path() / "outside";
  std::filesystem::create_directory(outside);
  std::ofstream(outside / "victim") << "victim";
  const std::string long_name(250, 'n');
  std::filesystem::create_directories(state_ / "a" / long_name / "b");
  std::ofstream(state_ / long_name) << "x";
  std::ofstream(state_ / "a" / long_name / "b" / long_name) << "x";
  std::filesystem::create_directory_symlink(outside, state_ / "link");
  EK_ASSERT_OK(store_.Replace("certificate", AsBytes("kept")));
  std::filesystem::path deep = state_ / "deep";
  for (int i = 0; i < 70; ++i) deep /= "d";
  std::filesystem::create_directories(deep);
  EK_EXPECT_ERROR(store_.EraseAll("certificate"), ErrorCode::kTooLarge);
  std::filesystem::remove_all(state_ / "deep" / "d");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(state_), {}), 2) << "with deep, certificate";
  EK_ASSERT_OK(store_.EraseAll("certificate"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(state_), {}), 1);
  EXPECT_EQ(TextOf(state_ / "certificate"), "kept");
  EXPECT_EQ(TextOf(outside / "victim"), "victim");
}

TEST_F(PosixStoreTest, SymbolicLinkAsProductDirectoryIsRefused) {
  const std::filesystem::path outside = directory_.path() / "outside";
  std::filesystem::create_directory(outside);
  std::filesystem::create_directory(state_ / "products");
  std::filesystem::create_directory_symlink(outside, state_ / "products/acme_label-ocr");
  EXPECT_FALSE(store_.ReplaceOf(product_, "record.0", AsBytes("x")));
  EXPECT_FALSE(store_.CreateSlotFile(product_, 0, ports::SlotFile::kCanonical));
  EXPECT_TRUE(std::filesystem::is_empty(outside));
}

TEST_F(PosixStoreTest, SymbolicLinkAsRootIsRefused) {
  std::filesystem::create_directory_symlink(state_, directory_.path() / "link");
  EK_EXPECT_ERROR(PosixDisk::Open((directory_.path() / "link").c_str()), ErrorCode::kIo);
}

TEST_F(PosixStoreTest, FifoInTheWayDoesNotHang) {
  ASSERT_EQ(::mkfifo((state_ / "trust").c_str(), 0600), 0);
  EK_EXPECT_ERROR(store_.Read("trust", 100), ErrorCode::kIo);
}

TEST_F(PosixStoreTest, DirectoryInTheWayIsRefused) {
  std::filesystem::create_directory(state_ / "trust");
  EK_EXPECT_ERROR(store_.Read("trust", 100), ErrorCode::kIo);
  EXPECT_FALSE(store_.Replace("trust", AsBytes("x")));
  EXPECT_FALSE(std::filesystem::exists(state_ / "trust.new"));
}

TEST_F(PosixStoreTest, DescriptorsAreNotLeaked) {
  const auto num_open = [] {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
    return count;
  };
  const std::size_t before = num_open();
  for (int i = 0; i < 20; ++i) {
    EK_ASSERT_OK(store_.ReplaceOf(product_, "record.0", AsBytes("x")));
    EXPECT_FALSE(store_.Read("trust", 1));
    EK_ASSERT_OK(store_.SyncSlot(product_, 0));
    EK_ASSERT_OK(store_.Products());
  }
  EXPECT_EQ(num_open(), before);
}

// A file system of one page or so, where a test may mount one.
class SmallDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::mount("edgekeep-test", directory_.path().c_str(), "tmpfs", 0, "size=64k,nr_inodes=32") != 0) {
      GTEST_SKIP() << "SKIP SmallDisk: this process may not mount";
    }
    mounted_ = true;
  }

  void TearDown() override {
    if (mounted_) ::umount2(directory_.path().c_str(), MNT_DETACH);
  }

  TemporaryDirectory directory_;
  bool mounted_ = false;
};

TEST_F(SmallDiskTest, FullDiskKeepsTheOldObjectAndLeavesNothing) {
  PosixDisk disk = PosixDisk::Open((directory_.path() / "state").c_str()).value();
  DirectoryStore store = DirectoryStore::Open(disk).value();
  EK_ASSERT_OK(store.Replace("trust", AsBytes("old")));
  const std::string large(256 * 1024, 'x');
  EK_EXPECT_ERROR(store.Replace("trust", AsBytes(large)), ErrorCode::kNoSpace);
  const Bytes kept = store.Read("trust", 100).value();
  EXPECT_EQ(AsText(kept.view()), "old");
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "state/trust.new"));
  EK_ASSERT_OK(store.Replace("trust", AsBytes("new")));
}

TEST_F(SmallDiskTest, ReadOnlyDiskSaysSo) {
  PosixDisk disk = PosixDisk::Open((directory_.path() / "state").c_str()).value();
  DirectoryStore store = DirectoryStore::Open(disk).value();
  EK_ASSERT_OK(store.Replace("trust", AsBytes("old")));
  ASSERT_EQ(::mount("edgekeep-test", directory_.path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr), 0);
  EK_EXPECT_ERROR(store.Replace("trust", AsBytes("new")), ErrorCode::kReadOnly);
  EK_EXPECT_ERROR(store.CreateSlotFile(ProductName::Parse("a/b").value(), 0, ports::SlotFile::kCanonical),
                  ErrorCode::kReadOnly);
  // A device whose disk went read-only still starts and reads.
  const auto again = DirectoryStore::Open(disk);
  EK_ASSERT_OK(again);
  EK_ASSERT_OK(store.Read("trust", 10));
}

class InputFilesTest : public testing::Test {
 protected:
  int Open(const std::filesystem::path& path, int flags) {
    descriptors_.push_back(::open(path.c_str(), flags | O_CLOEXEC));
    return descriptors_.back();
  }

  void TearDown() override {
    for (const int fd : descriptors_) ::close(fd);
  }

  TemporaryDirectory directory_;
  PosixInputFiles files_;
  std::vector<int> descriptors_;
};

TEST_F(InputFilesTest, RegularFileOpenForReadingIsRead) {
  std::ofstream(directory_.path() / "f") << "0123456789";
  const int fd = Open(directory_.path() / "f", O_RDONLY);
  EXPECT_EQ(files_.CheckedSize(fd).value(), 10U);
  std::array<std::uint8_t, 4> part{};
  EK_ASSERT_OK(files_.ReadAt(fd, 3, part));
  EXPECT_EQ(AsText(part), "3456");
  EK_EXPECT_ERROR(files_.ReadAt(fd, 8, part), ErrorCode::kMalformed);
}

TEST_F(InputFilesTest, EverythingElseIsRefused) {
  std::ofstream(directory_.path() / "f") << "x";
  ASSERT_EQ(::mkfifo((directory_.path() / "fifo").c_str(), 0600), 0);
  EK_EXPECT_ERROR(files_.CheckedSize(Open(directory_.path() / "fifo", O_RDONLY | O_NONBLOCK)), ErrorCode::kBadArgument);
  EK_EXPECT_ERROR(files_.CheckedSize(Open(directory_.path(), O_RDONLY)), ErrorCode::kBadArgument);
  EK_EXPECT_ERROR(files_.CheckedSize(Open("/dev/zero", O_RDONLY)), ErrorCode::kBadArgument);
  EK_EXPECT_ERROR(files_.CheckedSize(Open(directory_.path() / "f", O_RDWR)), ErrorCode::kBadArgument);
  EK_EXPECT_ERROR(files_.CheckedSize(Open(directory_.path() / "f", O_WRONLY)), ErrorCode::kBadArgument);
  EK_EXPECT_ERROR(files_.CheckedSize(Open(directory_.path() / "f", O_PATH)), ErrorCode::kBadArgument);
  EK_EXPECT_ERROR(files_.CheckedSize(-1), ErrorCode::kBadArgument);
  EK_ASSERT_OK(files_.CheckedSize(Open(directory_.path() / "f", O_RDONLY)));
}

class JournalTest : public testing::Test {
 protected:
  TemporaryDirectory directory_;
  SystemClock clock_;
  JournalFile journal_ = JournalFile::Open(directory_.path().c_str(), clock_).value();
};

TEST_F(JournalTest, OneLineAnEntry) {
  journal_.NoteRefusal("install acme/label-ocr", Error(ErrorCode::kDenied, "licence"));
  journal_.NoteEvent("started");
  const std::string text = TextOf(directory_.path() / "journal");
  EXPECT_NE(text.find(" refused install acme/label-ocr: denied: licence\n"), std::string::npos) << text;
  EXPECT_NE(text.find(" event started\n"), std::string::npos) << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), 2);
}

TEST_F(JournalTest, NothingForgesALineOrDrivesATerminal) {
  journal_.NoteRefusal("a\n0 event forged\x1b[2J", Error(ErrorCode::kDenied, ""));
  const std::string text = TextOf(directory_.path() / "journal");
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST_F(JournalTest, StaysBounded) {
  const std::string long_text(1000, 'x');
  for (int i = 0; i < 4000; ++i) journal_.NoteEvent(long_text);
  EXPECT_LE(std::filesystem::file_size(directory_.path() / "journal"), JournalFile::kMaxSize);
  EXPECT_LE(std::filesystem::file_size(directory_.path() / "journal.old"), JournalFile::kMaxSize);
}

TEST_F(JournalTest, SymbolicLinkIsNotFollowed) {
  std::filesystem::create_symlink(directory_.path() / "victim", directory_.path() / "journal");
  journal_.NoteEvent("x");
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "victim"));
}

}  // namespace
}  // namespace edgekeep::store
