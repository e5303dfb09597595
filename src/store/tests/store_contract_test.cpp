// What the Store port promises, on the file system and on the disk that the fault tests use.
#include <memory>

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/store/directory_store.h"
#include "edgekeep/store/posix_disk.h"
#include "fixture/fault_disk.h"
#include "fixture/temporary_directory.h"

namespace edgekeep::store {
namespace {

class DiskUnderTest {
 public:
  virtual ~DiskUnderTest() = default;
  virtual Disk& disk() = 0;
};

class OnFileSystem final : public DiskUnderTest {
 public:
  Disk& disk() override { return disk_; }

 private:
  fixture::TemporaryDirectory directory_;
  PosixDisk disk_ = PosixDisk::Open((directory_.path() / "state").c_str()).value();
};

class InMemory final : public DiskUnderTest {
 public:
  Disk& disk() override { return disk_; }

 private:
  fixture::FaultDisk disk_;
};

template <typename Kind>
class StoreContract : public testing::Test {
 protected:
  Kind under_test_;
  Disk& disk_ = under_test_.disk();
  DirectoryStore store_ = DirectoryStore::Open(disk_).value();
  ProductName product_ = ProductName::Parse("acme/label-ocr").value();

  std::string ReadText(std::string_view name) {
    const Bytes bytes = store_.Read(name, 100).value();
    return std::string(AsText(bytes.view()));
  }
};

using Kinds = testing::Types<OnFileSystem, InMemory>;
TYPED_TEST_SUITE(StoreContract, Kinds);

TYPED_TEST(StoreContract, WhatWasReplacedIsRead) {
  EK_ASSERT_OK(this->store_.Replace("trust", AsBytes("one")));
  EXPECT_EQ(this->ReadText("trust"), "one");
  EK_ASSERT_OK(this->store_.Replace("trust", AsBytes("two, and longer")));
  EXPECT_EQ(this->ReadText("trust"), "two, and longer");
  EK_ASSERT_OK(this->store_.Replace("trust", {}));
  EXPECT_EQ(this->ReadText("trust"), "");
}

TYPED_TEST(StoreContract, AbsentAndOversizedAreRefused) {
  EK_EXPECT_ERROR(this->store_.Read("trust", 100), ErrorCode::kNotFound);
  EK_EXPECT_ERROR(this->store_.ReadOf(this->product_, "record.0", 100), ErrorCode::kNotFound);
  EK_ASSERT_OK(this->store_.Replace("trust", AsBytes("four")));
  EK_EXPECT_ERROR(this->store_.Read("trust", 3), ErrorCode::kTooLarge);
  EK_ASSERT_OK(this->store_.Read("trust", 4));
}

TYPED_TEST(StoreContract, NamesOutsideTheAlphabetAreRefused) {
  for (const std::string_view name : {"", "../x", "a/b", "A", ".hidden", "x.new", "a b", "ä"}) {
    EK_EXPECT_ERROR(this->store_.Replace(name, AsBytes("x")), ErrorCode::kBadArgument);
    EK_EXPECT_ERROR(this->store_.Read(name, 10), ErrorCode::kBadArgument);
    EK_EXPECT_ERROR(this->store_.ReplaceOf(this->product_, name, AsBytes("x")), ErrorCode::kBadArgument);
  }
}

TYPED_TEST(StoreContract, ProductsAreApart) {
  const ProductName other = ProductName::Parse("acme-label/ocr").value();
  EK_ASSERT_OK(this->store_.ReplaceOf(this->product_, "record.0", AsBytes("mine")));
  EK_EXPECT_ERROR(this->store_.ReadOf(other, "record.0", 10), ErrorCode::kNotFound);
  EK_ASSERT_OK(this->store_.ReplaceOf(other, "record.0", AsBytes("other")));
  const auto products = this->store_.Products().value();
  ASSERT_EQ(products.size(), 2U);
  EXPECT_TRUE((products[0] == this->product_ && products[1] == other) ||
              (products[1] == this->product_ && products[0] == other));
}

TYPED_TEST(StoreContract, SlotFilesAreMadeReadAndErased) {
  using ports::SlotFile;
  EK_EXPECT_ERROR(this->store_.OpenSlotFile(this->product_, 0, SlotFile::kCanonical), ErrorCode::kNotFound);
  const auto file = this->store_.CreateSlotFile(this->product_, 0, SlotFile::kCanonical);
  EK_ASSERT_OK(file);
  EK_ASSERT_OK(this->disk_.WriteAt(*file, 0, AsBytes("cipher")));
  this->store_.Close(*file);
  EK_ASSERT_OK(this->store_.SyncSlot(this->product_, 0));
  const auto again = this->store_.OpenSlotFile(this->product_, 0, SlotFile::kCanonical);
  EK_ASSERT_OK(again);
  EXPECT_EQ(this->store_.SizeOf(*again).value(), 6U);
  this->store_.Close(*again);
  EK_EXPECT_ERROR(this->store_.OpenSlotFile(this->product_, 1, SlotFile::kCanonical), ErrorCode::kNotFound);
  EK_EXPECT_ERROR(this->store_.OpenSlotFile(this->product_, 0, SlotFile::kPrepared), ErrorCode::kNotFound);
  EK_ASSERT_OK(this->store_.EraseSlot(this->product_, 1));
  EK_ASSERT_OK(this->store_.EraseSlot(this->product_, 0));
  EK_EXPECT_ERROR(this->store_.OpenSlotFile(this->product_, 0, SlotFile::kCanonical), ErrorCode::kNotFound);
}

TYPED_TEST(StoreContract, CreatingASlotFileAgainEmptiesIt) {
  using ports::SlotFile;
  const auto first = this->store_.CreateSlotFile(this->product_, 1, SlotFile::kPrepared).value();
  EK_ASSERT_OK(this->disk_.WriteAt(first, 0, AsBytes("old")));
  const auto second = this->store_.CreateSlotFile(this->product_, 1, SlotFile::kPrepared).value();
  EXPECT_EQ(this->store_.SizeOf(second).value(), 0U);
  // Who has the old file open keeps it.
  EXPECT_EQ(this->store_.SizeOf(first).value(), 3U);
  this->store_.Close(first);
  this->store_.Close(second);
}

TYPED_TEST(StoreContract, ErasingWhatIsNotThereIsFine) {
  EK_ASSERT_OK(this->store_.EraseSlot(this->product_, 0));
}

TYPED_TEST(StoreContract, ThirdSlotIsAMistake) {
  EK_EXPECT_ERROR(this->store_.CreateSlotFile(this->product_, 2, ports::SlotFile::kCanonical), ErrorCode::kBadArgument);
  EK_EXPECT_ERROR(this->store_.EraseSlot(this->product_, 2), ErrorCode::kBadArgument);
}

TYPED_TEST(StoreContract, OpeningAgainKeepsObjectsAndRemovesLeftovers) {
  EK_ASSERT_OK(this->store_.Replace("trust", AsBytes("kept")));
  EK_ASSERT_OK(this->store_.ReplaceOf(this->product_, "record.0", AsBytes("kept")));
  for (const std::string_view leftover : {"trust.new", "products/acme_label-ocr/record.1.new"}) {
    this->disk_.Close(this->disk_.Create(leftover).value());
  }
  DirectoryStore again = DirectoryStore::Open(this->disk_).value();
  EK_ASSERT_OK(again.Read("trust", 10));
  EK_ASSERT_OK(again.ReadOf(this->product_, "record.0", 10));
  EK_EXPECT_ERROR(this->disk_.Open("trust.new"), ErrorCode::kNotFound);
  EK_EXPECT_ERROR(this->disk_.Open("products/acme_label-ocr/record.1.new"), ErrorCode::kNotFound);
}

ProductName Numbered(std::size_t number) {
  return ProductName::Parse("acme/p-" + std::to_string(number)).value();
}

TYPED_TEST(StoreContract, OneProductTooManyIsRefusedAndTheStoreOpensAgain) {
  for (std::size_t i = 0; i < ports::kMaxStoredProducts; ++i) {
    EK_ASSERT_OK(this->store_.ReplaceOf(Numbered(i), "record.0", AsBytes("x")));
  }
  const ProductName one_more = Numbered(ports::kMaxStoredProducts);
  EK_EXPECT_ERROR(this->store_.ReplaceOf(one_more, "record.0", AsBytes("x")), ErrorCode::kTooLarge);
  EK_EXPECT_ERROR(this->store_.CreateSlotFile(one_more, 0, ports::SlotFile::kCanonical), ErrorCode::kTooLarge);
  EK_ASSERT_OK(this->store_.ReplaceOf(Numbered(3), "record.1", AsBytes("x")));
  EK_ASSERT_OK(DirectoryStore::Open(this->disk_));
  // One that is gone makes room.
  EK_ASSERT_OK(this->disk_.Remove("products/acme_p-3/record.0"));
  EK_ASSERT_OK(this->disk_.Remove("products/acme_p-3/record.1"));
  DirectoryStore again = DirectoryStore::Open(this->disk_).value();
  EK_ASSERT_OK(again.ReplaceOf(one_more, "record.0", AsBytes("x")));
}

// However they came there: what is installed is still read.
TYPED_TEST(StoreContract, OpensWhereMoreDirectoriesAreThanMayBe) {
  EK_ASSERT_OK(this->store_.ReplaceOf(this->product_, "record.0", AsBytes("x")));
  for (const std::size_t number : {ports::kMaxStoredProducts + 1, kMaxEntries + 1}) {
    for (std::size_t i = 0; i < number; ++i) {
      const std::string directory = "products/acme_p-" + std::to_string(i);
      EK_ASSERT_OK(this->disk_.MakeDirectory(directory));
      if (const auto file = this->disk_.Create(directory + "/record.0")) this->disk_.Close(*file);
    }
    Result<DirectoryStore> again = DirectoryStore::Open(this->disk_);
    EK_ASSERT_OK(again);
    EK_ASSERT_OK(again->ReadOf(this->product_, "record.0", 10));
    EXPECT_FALSE(again->ReplaceOf(Numbered(4711), "record.0", AsBytes("x")));
  }
}

TYPED_TEST(StoreContract, ErasingTheLastOfAProductRemovesIt) {
  this->store_.Close(this->store_.CreateSlotFile(this->product_, 0, ports::SlotFile::kCanonical).value());
  EK_ASSERT_OK(this->store_.ReplaceOf(this->product_, "licence.0", AsBytes("x")));
  EK_ASSERT_OK(this->store_.ReplaceOf(this->product_, "licence.1", AsBytes("x")));
  EK_ASSERT_OK(this->store_.EraseSlot(this->product_, 0));
  EXPECT_EQ(this->store_.Products()->size(), 1U) << "the other slot's licence is still there";
  EK_ASSERT_OK(this->store_.ReadOf(this->product_, "licence.1", 10));
  EK_ASSERT_OK(this->store_.EraseSlot(this->product_, 1));
  EXPECT_EQ(this->store_.Products()->size(), 0U);
}

TYPED_TEST(StoreContract, DirectoriesThatHoldAnythingAreNotRemoved) {
  EK_ASSERT_OK(this->store_.ReplaceOf(this->product_, "record.0", AsBytes("x")));
  EK_EXPECT_ERROR(this->disk_.RemoveDirectory("products/acme_label-ocr"), ErrorCode::kBadState);
  EK_EXPECT_ERROR(this->disk_.RemoveDirectory("products/other"), ErrorCode::kNotFound);
  EK_ASSERT_OK(this->store_.EraseSlot(this->product_, 0));
  EK_ASSERT_OK(this->store_.ReadOf(this->product_, "record.0", 10));
}

TYPED_TEST(StoreContract, ForeignDirectoriesAreNoProducts) {
  EK_ASSERT_OK(this->store_.ReplaceOf(this->product_, "record.0", AsBytes("x")));
  EK_ASSERT_OK(this->disk_.MakeDirectory("products/Not_A_Product"));
  EK_ASSERT_OK(this->disk_.MakeDirectory("products/nothing"));
  EXPECT_EQ(this->store_.Products()->size(), 1U);
}

}  // namespace
}  // namespace edgekeep::store
