#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

// Every case keeps the index's size, or states offsets for the new one, so that only what it names is wrong.
Result<PackageIndex> DecodeSample(ByteView bytes) {
  return DecodePackageIndex(bytes, SamplePackageSize());
}

PackageIndex IndexOf(std::initializer_list<PackageFile> files) {
  PackageIndex index;
  for (const PackageFile& file : files) EXPECT_TRUE(index.PushBack(file));
  return index;
}

TEST(PackagePath, IsPlainPartsJoinedBySlashes) {
  for (const char* path :
       {"model.onnx", "a", "a/b", "dir.1/sub_dir/file-2.bin", "...", "a..b", ".hidden", "-", "A/Z.0"}) {
    EXPECT_TRUE(IsPackagePath(path)) << path;
  }
  EXPECT_TRUE(IsPackagePath(std::string(255, 'a')));
}

TEST(PackagePath, LeavesNoTreeAndHasNoSecondForm) {
  for (const char* path : {"", ".", "..", "/", "/a", "a/", "a//b", "./a", "a/.", "../a", "a/../b", "a/..", "a b",
                           "a\\b", "a\nb", "caf\u00e9", "a:b", "a*", "~"}) {
    EXPECT_FALSE(IsPackagePath(path)) << path;
  }
  EXPECT_FALSE(IsPackagePath(std::string_view("a\0b", 3)));
  EXPECT_FALSE(IsPackagePath(std::string(256, 'a')));
}

TEST(PackageIndex, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodePackageIndex, SamplePackageIndex());
  const PackageIndex index = DecodeSample(bytes).value();
  ASSERT_EQ(index.size(), 4U);
  EXPECT_EQ(index[0].path, "model.onnx");
  EXPECT_EQ(index[0].role, FileRole::kModel);
  EXPECT_EQ(index[0].size, 4700U);
  EXPECT_EQ(index[1].path, "weights/part-0.bin");
  EXPECT_EQ(index[1].role, FileRole::kSide);
  EXPECT_EQ(index[2].size, 0U);
}

TEST(PackageIndex, FilesFollowOneAnotherAtMultiplesOf64) {
  const PackageIndex index = SamplePackageIndex();
  const std::size_t index_size = EncodedBy(EncodePackageIndex, index).size();
  std::uint64_t end = 4 + index_size;
  for (const PackageFile& file : index) {
    EXPECT_EQ(file.offset % 64, 0U);
    EXPECT_GE(file.offset, end);
    EXPECT_LT(file.offset - end, 64U);
    end = file.offset + file.size;
  }
  EXPECT_EQ(end, SamplePackageSize());
}

TEST(PackageIndex, RefusesByName) {
  ExpectRefused(
      EncodedBy(EncodePackageIndex, SamplePackageIndex()), DecodeSample,
      {{"no file", kMalformed, [](Item& root) { root = ArrayItem({}); }},
       {"65 files", kTooLarge, [](Item& root) { root.children.resize(65, Item(root.children[0])); }},
       {"path that climbs", kMalformed, [](Item& root) { At(root, {1, 1}) = TextItem("../eights/part-0.b"); }},
       {"absolute path", kMalformed, [](Item& root) { At(root, {1, 1}) = TextItem("/eights/part-0.bin"); }},
       {"two files of one path", kMalformed, [](Item& root) { At(root, {3, 1}) = Item(At(root, {0, 1})); }},
       {"file where a directory is", kMalformed, [](Item& root) { At(root, {3, 1}) = TextItem("weights"); }},
       {"role 0", kUnsupported, [](Item& root) { At(root, {1, 2}) = UnsignedItem(0); }},
       {"role 3", kUnsupported, [](Item& root) { At(root, {1, 2}) = UnsignedItem(3); }},
       {"no model", kMalformed, [](Item& root) { At(root, {0, 2}) = UnsignedItem(2); }},
       {"two models", kMalformed, [](Item& root) { At(root, {1, 2}) = UnsignedItem(1); }},
       {"model not first", kMalformed, [](Item& root) { std::swap(root.children[0], root.children[1]); }},
       {"offset not at 64", kMalformed, [](Item& root) { At(root, {1, 3}).argument += 1; }},
       {"offset 64 late", kMalformed, [](Item& root) { At(root, {1, 3}).argument += 64; }},
       {"offset in the file before", kMalformed, [](Item& root) { At(root, {1, 3}).argument -= 64; }},
       {"offset in the index", kMalformed, [](Item& root) { At(root, {0, 3}).argument = 64; }},
       {"offset of nearly 2^64", kMalformed, [](Item& root) { At(root, {1, 3}).argument = UINT64_MAX; }},
       {"empty model", kMalformed, [](Item& root) { At(root, {0, 4}) = UnsignedItem(0); }},
       {"size of nearly 2^64", kTooLarge, [](Item& root) { At(root, {1, 4}).argument = UINT64_MAX - 63; }},
       {"sizes over 4 TiB together", kTooLarge,
        [](Item& root) {
          At(root, {0, 4}).argument = 1ULL << 41;
          At(root, {1, 4}).argument = (1ULL << 41) + 1;
        }},
       {"last file a byte longer", kMalformed, [](Item& root) { At(root, {3, 4}) = UnsignedItem(2); }},
       {"last file a byte shorter", kMalformed, [](Item& root) { At(root, {3, 4}) = UnsignedItem(0); }}});
}

TEST(PackageIndex, RefusesAnotherPlaintextSize) {
  const ByteVector bytes = EncodedBy(EncodePackageIndex, SamplePackageIndex());
  for (const std::uint64_t size : {SamplePackageSize() - 1, SamplePackageSize() + 1, std::uint64_t{0}, UINT64_MAX}) {
    EXPECT_EQ(DecodePackageIndex(bytes, size).error().code(), kMalformed) << size;
  }
  EXPECT_EQ(DecodePackageIndex(ByteVector(kMaxIndexSize + 1), 5000000).error().code(), kTooLarge);
}

TEST(PackageIndex, IsNotEncodedWhenItWouldBeRefused) {
  ExpectNotEncoded<PackageIndex>(
      SamplePackageIndex(), EncodePackageIndex,
      {{"no file", kMalformed, [](PackageIndex& index) { index = {}; }},
       {"path", kMalformed, [](PackageIndex& index) { index[1].path = ".."; }},
       {"second model", kMalformed, [](PackageIndex& index) { index[1].role = FileRole::kModel; }},
       {"not laid out", kMalformed, [](PackageIndex& index) { index[2].offset += 64; }},
       {"size changed since", kMalformed, [](PackageIndex& index) { index[0].size += 64; }}});
}

TEST(LayOutPackage, IsOneWhateverTheOffsetsWere) {
  PackageIndex index = SamplePackageIndex();
  for (PackageFile& file : index) file.offset = UINT64_MAX;
  EXPECT_EQ(LayOutPackage(index).value(), SamplePackageSize());
  EXPECT_EQ(EncodedBy(EncodePackageIndex, index), EncodedBy(EncodePackageIndex, SamplePackageIndex()));
}

TEST(LayOutPackage, RefusesWhatIsNoPackage) {
  PackageIndex index;
  EXPECT_EQ(LayOutPackage(index).error().code(), kMalformed);
  index = IndexOf({{.path = "m", .role = FileRole::kModel, .size = kMaxPlaintextSize + 1}});
  EXPECT_EQ(LayOutPackage(index).error().code(), kTooLarge);
  index = IndexOf({{.path = "m", .role = FileRole::kModel, .size = kMaxPlaintextSize}});
  EXPECT_EQ(LayOutPackage(index).error().code(), kTooLarge);
  index = IndexOf({{.path = "m", .role = FileRole::kModel, .size = kMaxPlaintextSize - 64}});
  EXPECT_EQ(LayOutPackage(index).value(), kMaxPlaintextSize);
}

// Offsets stand in the index whose size they depend on: every size around a step of that must come out consistent.
TEST(LayOutPackage, HoldsAtEverySizeWhereHeadsGrow) {
  for (std::uint64_t size = 1; size <= 70000; size += size < 400 || size > 65000 ? 1 : 97) {
    PackageIndex index = IndexOf({{.path = "m", .role = FileRole::kModel, .size = size}, {.path = "s", .size = 3}});
    const std::uint64_t plaintext_size = LayOutPackage(index).value();
    ASSERT_TRUE(DecodePackageIndex(EncodedBy(EncodePackageIndex, index), plaintext_size)) << size;
  }
}

TEST(LayOutPackage, TakesSixtyFourFilesOfTheLongestPaths) {
  PackageIndex index;
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < kMaxPackageFiles; ++i) {
    paths.push_back(std::string(252, 'a') + std::to_string(100 + i));
  }
  for (std::size_t i = 0; i < kMaxPackageFiles; ++i) {
    const FileRole role = i == 0 ? FileRole::kModel : FileRole::kSide;
    ASSERT_TRUE(index.PushBack({.path = paths[i], .role = role, .size = 1ULL << 35}));
  }
  const std::uint64_t plaintext_size = LayOutPackage(index).value();
  ByteVector buffer(kMaxIndexSize);
  CborWriter out(buffer);
  ASSERT_TRUE(EncodePackageIndex(index, out));
  EXPECT_TRUE(DecodePackageIndex(out.written(), plaintext_size));
}

}  // namespace
}  // namespace edgekeep::formats
