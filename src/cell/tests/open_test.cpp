#include "served_model_fixture.h"

namespace edgekeep::cell {
namespace {

class OpenModel : public ServedModelTest {
 protected:
  void ExpectRefused(ErrorCode code, const char* what) {
    const auto model = Open();
    ASSERT_FALSE(model) << what;
    EXPECT_STREQ(NameOf(model.error().code()), NameOf(code)) << what << ": " << model.error().where();
    EXPECT_EQ(memory_, std::vector<std::uint8_t>(memory_.size(), 0)) << what;
  }
};

TEST_F(OpenModel, RefusesFlippedBytesInEveryRegion) {
  SealCanonical();
  for (std::size_t at = 0; at < file_.bytes.size(); at += at < 4096 ? 7 : 1) {
    file_.bytes[at] ^= 0x10;
    const auto model = Open();
    ASSERT_FALSE(model) << at;
    const ErrorCode code = model.error().code();
    EXPECT_TRUE(at < 4096 ? code != ErrorCode::kDenied : code == ErrorCode::kDenied) << at << " " << NameOf(code);
    file_.bytes[at] ^= 0x10;
  }
  EXPECT_TRUE(Open());
}

TEST_F(OpenModel, RefusesWhatTheOrderDoesNotName) {
  SealCanonical();
  order_.file.tags_digest.mutable_view()[0] ^= 1;
  ExpectRefused(ErrorCode::kDenied, "tags digest");
  SealCanonical();
  order_.file.header_digest.mutable_view()[0] ^= 1;
  ExpectRefused(ErrorCode::kMalformed, "header digest");
  SealCanonical();
  order_.file.key.RevealForWriting()[0] ^= 1;
  ExpectRefused(ErrorCode::kDenied, "key");
}

TEST_F(OpenModel, RefusesTheOtherKindOfFile) {
  SealCanonical();
  order_.prepared = true;
  ExpectRefused(ErrorCode::kDenied, "canonical as prepared");
  SealPrepared();
  order_.prepared = false;
  ExpectRefused(ErrorCode::kDenied, "prepared as canonical");
}

TEST_F(OpenModel, RefusesAPreparedFormOfAnotherEngine) {
  SealPrepared();
  engine_key_ = formats::EngineKey::Truncated("affine-1/elsewhere");
  ExpectRefused(ErrorCode::kModelRefused, "engine key");
}

TEST_F(OpenModel, RefusesWhatTheEngineCannotLoad) {
  Seal(engine::testing::BuildPackage("no model"), false);
  ExpectRefused(ErrorCode::kModelRefused, "no model");
  Seal("no package", false);
  ExpectRefused(ErrorCode::kMalformed, "no package");
  Seal("no prepared form", true);
  ExpectRefused(ErrorCode::kModelRefused, "no prepared form");
  SealCanonical(AffineTrait::kFromSideFile);
  ExpectRefused(ErrorCode::kModelRefused, "side file missing");
}

TEST_F(OpenModel, GivesSideFilesToTheEngine) {
  const float b = 100;
  const std::string side(reinterpret_cast<const char*>(&b), sizeof(b));
  Seal(engine::testing::BuildPackage(AffineTrailer(AffineTrait::kFromSideFile), {{"a.bin", "x"}, {"b.bin", side}}),
       false);
  auto model = Open();
  ASSERT_TRUE(model);
  Request({PutInput({1})});
  const auto outputs = Call(*model);
  ASSERT_TRUE(outputs);
  EXPECT_EQ(FloatsAt((*outputs)[0]), std::vector<float>{102});
}

TEST_F(OpenModel, KeepsTheMemoryBudget) {
  SealCanonical();
  UsePolicy({.memory_budget = 64});
  ExpectRefused(ErrorCode::kNoMemory, "budget");
  UsePolicy({.memory_budget = 1ULL << 40});
  EXPECT_TRUE(Open());
  order_.policy = {};
  memory_.resize(64);
  ExpectRefused(ErrorCode::kNoMemory, "pool");
}

TEST_F(OpenModel, RefusesAPolicyThatIsNone) {
  SealCanonical();
  order_.policy = gate::PolicyBytes::From(std::array<std::uint8_t, 1>{0xA0}).value();
  ExpectRefused(ErrorCode::kMalformed, "empty policy");
}

TEST_F(OpenModel, PassesOnReadErrors) {
  SealCanonical();
  file_.fail_reads = ErrorCode::kIo;
  ExpectRefused(ErrorCode::kIo, "read");
}

}  // namespace
}  // namespace edgekeep::cell
