#include "prepare_fixture.h"

namespace edgekeep::prepare {
namespace {

class InstallTest : public PrepareTest {
 protected:
  void ExpectRefused(ErrorCode code, const char* what) {
    const auto made = InstallIt();
    ASSERT_FALSE(made) << what;
    EXPECT_STREQ(NameOf(made.error().code()), NameOf(code)) << what << ": " << made.error().where();
    ExpectNothingWritten();
  }
};

TEST_F(InstallTest, MakesBothSlotFiles) {
  const std::string plaintext = engine::testing::BuildPackage(OnnxWith(engine::testing::AffineTrailer()), {{"a", "b"}});
  Seal(plaintext);
  const auto made = InstallIt();
  ASSERT_TRUE(made) << made.error().where();
  ASSERT_TRUE(made->prepared);
  EXPECT_TRUE(canonical_.durable && prepared_.durable);
  EXPECT_EQ(made->inputs[0].name.view(), "x");
  EXPECT_EQ(made->outputs[0].name.view(), "y");
  std::string opened;
  const auto canonical = OpenAgain(canonical_, canonical_key_, made->canonical, opened);
  ASSERT_TRUE(canonical);
  EXPECT_EQ(opened, plaintext);
  EXPECT_EQ(canonical->kind, formats::SlotFileKind::kCanonical);
  EXPECT_EQ(canonical->product.view(), "acme/test");
  EXPECT_EQ(canonical->sequence.value, 7U);
  EXPECT_EQ(canonical->sealed_file, sealed_file_);
  EXPECT_TRUE(canonical->engine_key.empty());
  EXPECT_EQ(made->canonical.file_size, canonical_.file.bytes.size());
  const auto prepared = OpenAgain(prepared_, prepared_key_, *made->prepared, opened);
  ASSERT_TRUE(prepared);
  EXPECT_EQ(opened.substr(0, 4), "PREP");
  EXPECT_EQ(prepared->kind, formats::SlotFileKind::kPrepared);
  EXPECT_EQ(prepared->engine_key.view(), "affine-1/here");
  EXPECT_EQ(prepared->sealed_file, sealed_file_);
}

TEST_F(InstallTest, KeysAreNotInterchangeable) {
  SealModel();
  const auto made = InstallIt();
  ASSERT_TRUE(made);
  std::string opened;
  EXPECT_FALSE(OpenAgain(canonical_, prepared_key_, made->canonical, opened));
  EXPECT_FALSE(OpenAgain(prepared_, canonical_key_, *made->prepared, opened));
  EXPECT_FALSE(OpenAgain(prepared_, prepared_key_, made->canonical, opened));
}

TEST_F(InstallTest, RefusesFlippedBytesAndWritesNothing) {
  SealModel();
  const std::size_t record_begin = 32 + 100;
  for (std::size_t at = 0; at < built_.file.bytes.size(); at += at < built_.body_offset ? 13 : 1) {
    built_.file.bytes[at] ^= 1;
    const auto made = InstallIt();
    built_.file.bytes[at] ^= 1;
    // The signed record is the keep's to verify before it orders anything; a cell does not read it.
    if (made) {
      EXPECT_TRUE(at > record_begin && at < built_.body_offset) << at;
      canonical_.file.bytes.clear();
      prepared_.file.bytes.clear();
      continue;
    }
    ExpectNothingWritten();
    EXPECT_TRUE(at < built_.body_offset || made.error().code() == ErrorCode::kDenied) << at;
  }
}

TEST_F(InstallTest, RefusesWhatTheAuthorDidNotSign) {
  SealModel();
  built_.tags_digest.mutable_view()[0] ^= 1;
  ExpectRefused(ErrorCode::kDenied, "tags digest");
  SealModel();
  built_.plaintext_mac.mutable_view()[0] ^= 1;
  ExpectRefused(ErrorCode::kDenied, "plaintext mac");
  SealModel();
  built_.header_digest.mutable_view()[0] ^= 1;
  ExpectRefused(ErrorCode::kMalformed, "header digest");
  SealModel();
  built_.content_key.RevealForWriting()[0] ^= 1;
  ExpectRefused(ErrorCode::kDenied, "content key");
}

TEST_F(InstallTest, RefusesWhatIsNoModelPackage) {
  Seal("no package at all");
  ExpectRefused(ErrorCode::kMalformed, "no package");
  Seal(engine::testing::BuildPackage(OnnxWith(engine::testing::AffineTrailer())), formats::SealedKind::kProgram);
  ExpectRefused(ErrorCode::kUnsupported, "a program");
  Seal(engine::testing::BuildPackage("not ONNX" + engine::testing::AffineTrailer()));
  ExpectRefused(ErrorCode::kModelRefused, "not ONNX");
}

TEST_F(InstallTest, RefusesTooLittleMemory) {
  SealModel();
  memory_.resize(100);
  ExpectRefused(ErrorCode::kNoMemory, "memory");
}

TEST_F(InstallTest, RefusesAModelNoFormOfWhichLoads) {
  SealModel(AffineTrait::kFromSideFile);
  ExpectRefused(ErrorCode::kModelRefused, "side file missing");
}

TEST_F(InstallTest, GoesWithoutAPreparedForm) {
  for (const AffineTrait trait : {AffineTrait::kUnpreparable, AffineTrait::kBadPrepared}) {
    SealModel(trait);
    prepared_.file.bytes = {1, 2, 3};  // of an earlier attempt
    const auto made = InstallIt();
    ASSERT_TRUE(made) << made.error().where();
    EXPECT_FALSE(made->prepared);
    EXPECT_EQ(made->inputs[0].name.view(), "x");
    EXPECT_TRUE(prepared_.file.bytes.empty());
    EXPECT_TRUE(canonical_.durable);
  }
}

}  // namespace
}  // namespace edgekeep::prepare
