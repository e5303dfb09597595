#include "../package_source.h"

#include <sys/stat.h>

#include "edgekeep/base/reader.h"
#include "support.h"

namespace edgekeep::author {
namespace {

namespace fs = std::filesystem;

Buffer Drain(PackageSource& source, std::size_t step) {
  Buffer all(source.plaintext_size());
  for (std::size_t at = 0; at < all.size(); at += step) {
    const auto part = MutableByteView(all).subspan(at, std::min(step, all.size() - at));
    EXPECT_TRUE(source.Read(part));
  }
  return all;
}

class PackageSources : public testing::Test {
 protected:
  void SetUp() override { WriteAll(model_, Pattern(1000)); }

  Outcome<PackageSource> Open(const std::vector<std::string>& side_files = {}) {
    return PackageSource::Open(model_, side_files);
  }

  Directory directory_;
  std::string model_ = directory_ / "models/ocr.onnx";
};

TEST_F(PackageSources, AreTheModelAndItsSideFilesBehindAnIndex) {
  WriteAll(directory_ / "models/data/w.bin", Pattern(333, 2));
  WriteAll(directory_ / "elsewhere/keys.txt", Pattern(64, 3));
  WriteAll(directory_ / "models/empty", {});
  const std::vector<std::string> side = {directory_ / "models/data/w.bin", directory_ / "elsewhere/keys.txt",
                                         directory_ / "models/empty"};
  for (const std::size_t step : {1U, 7U, 64U, 100000U}) {
    PackageSource source = Open(side).value();
    const Buffer plaintext = Drain(source, step);
    Reader reader(plaintext);
    const std::uint32_t index_size = reader.ReadU32LittleEndian().value();
    const auto index =
        formats::DecodePackageIndex(ByteView(plaintext).subspan(4, index_size), plaintext.size()).value();
    ASSERT_EQ(index.size(), 4U);
    EXPECT_EQ(index[0].path, "ocr.onnx");
    EXPECT_EQ(index[0].role, formats::FileRole::kModel);
    EXPECT_EQ(index[1].path, "data/w.bin");
    EXPECT_EQ(index[2].path, "keys.txt");
    EXPECT_EQ(index[3].path, "empty");
    EXPECT_TRUE(Equal(ByteView(plaintext).subspan(index[0].offset, index[0].size), Pattern(1000)));
    EXPECT_TRUE(Equal(ByteView(plaintext).subspan(index[1].offset, index[1].size), Pattern(333, 2)));
    EXPECT_TRUE(Equal(ByteView(plaintext).subspan(index[2].offset, index[2].size), Pattern(64, 3)));
    EXPECT_TRUE(std::ranges::all_of(ByteView(plaintext).subspan(4 + index_size, index[0].offset - 4 - index_size),
                                    [](std::uint8_t byte) { return byte == 0; }));
  }
}

TEST_F(PackageSources, NameFilesByTheModelsDirectoryHoweverItIsWritten) {
  WriteAll(directory_ / "models/data/w.bin", Pattern(10));
  const PackageSource source = Open({directory_ / "models/../models/./data/w.bin"}).value();
  EXPECT_EQ(source.package_paths()[1], "data/w.bin");
}

TEST_F(PackageSources, RefuseNamesThatCannotStandInAPackage) {
  WriteAll(directory_ / "models/my weights.bin", Pattern(10));
  ExpectFailure(Open({directory_ / "models/my weights.bin"}), ErrorCode::kBadArgument, "cannot stand in a package");
  model_ = directory_ / "models/mod\xc3\xa8le.onnx";
  WriteAll(model_, Pattern(10));
  ExpectFailure(Open(), ErrorCode::kBadArgument, "cannot stand in a package");
}

TEST_F(PackageSources, RefuseTwoFilesOfOneName) {
  WriteAll(directory_ / "a/w.bin", Pattern(10));
  WriteAll(directory_ / "b/w.bin", Pattern(10));
  ExpectFailure(Open({directory_ / "a/w.bin", directory_ / "b/w.bin"}), ErrorCode::kBadArgument, "two files");
  ExpectFailure(Open({model_}), ErrorCode::kBadArgument, "two files");
}

TEST_F(PackageSources, RefuseTooManyFiles) {
  std::vector<std::string> side;
  for (int i = 0; i < 64; ++i) side.push_back(directory_ / ("s" + std::to_string(i)));
  ExpectFailure(Open(side), ErrorCode::kTooLarge);
}

TEST_F(PackageSources, RefuseWhatIsMissingOrNoFile) {
  ExpectFailure(Open({directory_ / "missing"}), ErrorCode::kNotFound);
  fs::create_directory(directory_ / "dir");
  ExpectFailure(Open({directory_ / "dir"}), ErrorCode::kBadArgument);
  ASSERT_EQ(::mkfifo((directory_ / "fifo").c_str(), 0600), 0);
  ExpectFailure(Open({directory_ / "fifo"}), ErrorCode::kBadArgument);
  WriteAll(model_, {});
  ExpectFailure(Open(), ErrorCode::kBadArgument, "empty");
}

TEST_F(PackageSources, NoticeAFileThatBecomesShorterOrLongerOrIsRewritten) {
  PackageSource shrunk = Open().value();
  fs::resize_file(model_, 500);
  Buffer out(shrunk.plaintext_size());
  ExpectFailure(shrunk.Read(out), ErrorCode::kBadState, "changed");

  PackageSource grown = Open().value();
  fs::resize_file(model_, 600);
  Drain(grown, 4096);
  ExpectFailure(grown.CheckUnchanged(), ErrorCode::kBadState, "changed");

  PackageSource rewritten = Open().value();
  fs::last_write_time(model_, fs::last_write_time(model_) + std::chrono::seconds(5));
  ExpectFailure(rewritten.CheckUnchanged(), ErrorCode::kBadState, "changed");
}

}  // namespace
}  // namespace edgekeep::author
