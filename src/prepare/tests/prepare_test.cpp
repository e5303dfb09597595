#include "prepare_fixture.h"

namespace edgekeep::prepare {
namespace {

class RemakePrepared : public PrepareTest {
 protected:
  void SetUp() override {
    SealModel();
    auto made = InstallIt();
    ASSERT_TRUE(made);
    installed_ = *made;
    prepared_.file.bytes.clear();
    engine_key_ = formats::EngineKey::Truncated("affine-1/another-cpu");
  }

  Result<PreparedPackage> Remake(const MemorySlotFile& from, const SecretArray<32>& key,
                                 const sealing::SlotFileDigests& digests) {
    auto made = PreparePackage(parts(), {from, {key, digests.header_digest, digests.tags_digest}, kSuite},
                               {prepared_, prepared_key_});
    EXPECT_EQ(memory_, std::vector<std::uint8_t>(memory_.size(), 0)) << "plaintext stays in memory";
    return made;
  }

  PreparedPackage installed_;
};

TEST_F(RemakePrepared, MakesItForTheEngineHere) {
  const auto made = Remake(canonical_, canonical_key_, installed_.canonical);
  ASSERT_TRUE(made) << made.error().where();
  EXPECT_EQ(made->canonical.header_digest, installed_.canonical.header_digest);
  EXPECT_EQ(made->canonical.tags_digest, installed_.canonical.tags_digest);
  EXPECT_EQ(made->canonical.file_size, installed_.canonical.file_size);
  ASSERT_TRUE(made->prepared);
  std::string opened;
  const auto header = OpenAgain(prepared_, prepared_key_, *made->prepared, opened);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->engine_key.view(), "affine-1/another-cpu");
  EXPECT_EQ(header->sequence.value, 7U);
}

TEST_F(RemakePrepared, RefusesAlteredFilesAndWritesNothing) {
  for (std::size_t at = 0; at < canonical_.file.bytes.size(); at += 31) {
    canonical_.file.bytes[at] ^= 1;
    EXPECT_FALSE(Remake(canonical_, canonical_key_, installed_.canonical)) << at;
    canonical_.file.bytes[at] ^= 1;
  }
  EXPECT_TRUE(prepared_.file.bytes.empty());
}

TEST_F(RemakePrepared, RefusesAPreparedFormAsInput) {
  const auto made = Remake(canonical_, canonical_key_, installed_.canonical);
  ASSERT_TRUE(made && made->prepared);
  MemorySlotFile copy;
  copy.file.bytes = prepared_.file.bytes;
  memory_.assign(1 << 16, 0);
  const auto again = Remake(copy, prepared_key_, *made->prepared);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), ErrorCode::kDenied);
}

}  // namespace
}  // namespace edgekeep::prepare
