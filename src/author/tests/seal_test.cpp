#include "edgekeep/author/seal.h"

#include "../segment_ring.h"
#include "edgekeep/base/reader.h"
#include "edgekeep/formats/package_index.h"
#include "edgekeep/formats/sealed_file.h"
#include "support.h"

namespace edgekeep::author {
namespace {

namespace fs = std::filesystem;

class Seals : public testing::Test {
 protected:
  Outcome<SealReport> SealModel(const Buffer& model) {
    WriteAll(model_, model);
    return SealWritten();
  }

  Outcome<SealReport> SealWritten(const Progress& progress = {}) {
    return Seal(context_, TestPublisher(), TestPassphrase(), request_, progress);
  }

  // The model inside an opened package.
  Buffer ModelIn(const Buffer& plaintext) {
    Reader reader(plaintext);
    const std::uint32_t index_size = reader.ReadU32LittleEndian().value();
    const auto index =
        formats::DecodePackageIndex(ByteView(plaintext).subspan(4, index_size), plaintext.size()).value();
    const ByteView model = ByteView(plaintext).subspan(index[0].offset, index[0].size);
    return {model.begin(), model.end()};
  }

  Directory directory_;
  std::string model_ = directory_ / "in/model.bin";
  std::string output_ = directory_ / "out.eks";
  SealRequest request_ = RequestFor(model_, output_);
  Context context_ = TestContext();
};

TEST_F(Seals, OpenToWhatWasSealedAtSizesAroundSegmentEnds) {
  constexpr std::size_t kSegment = formats::kSegmentSize;
  // 64 bytes of index stand before the model here.
  for (const std::size_t size :
       {std::size_t{1}, kSegment - 65, kSegment - 64, kSegment - 63, 3 * kSegment - 64, 9 * kSegment + 12345}) {
    fs::remove(output_);
    const Buffer model = Pattern(size);
    const auto report = SealModel(model);
    EK_ASSERT_DONE(report);
    EXPECT_EQ(report->file_size, fs::file_size(output_));
    const auto plaintext = OpenAsLicensor(TestPublisher(), output_);
    ASSERT_TRUE(plaintext) << size << " " << plaintext.error().where();
    EXPECT_EQ(ModelIn(*plaintext), model);
  }
}

TEST_F(Seals, WorkWithoutAes) {
  request_.cipher = SealCipher::kChaCha20Poly1305;
  EK_ASSERT_DONE(SealModel(Pattern(100000)));
  const auto plaintext = OpenAsLicensor(TestPublisher(), output_);
  ASSERT_TRUE(plaintext);
  EXPECT_EQ(ModelIn(*plaintext), Pattern(100000));
}

TEST_F(Seals, CarryTheModelOnlyEncrypted) {
  const Buffer model = Pattern(50000);
  EK_ASSERT_DONE(SealModel(model));
  const Buffer file = ReadAll(output_);
  EXPECT_EQ(std::ranges::search(file, std::span(model).first(32)).begin(), file.end());
  const std::string_view name = "model.bin";
  EXPECT_EQ(std::ranges::search(file, name).begin(), file.end());
}

TEST_F(Seals, DifferEveryTime) {
  EK_ASSERT_DONE(SealModel(Pattern(1000)));
  const Buffer first = ReadAll(output_);
  fs::remove(output_);
  EK_ASSERT_DONE(SealModel(Pattern(1000)));
  EXPECT_NE(first, ReadAll(output_));
}

TEST_F(Seals, AreRefusedByAnotherPublisher) {
  EK_ASSERT_DONE(SealModel(Pattern(1000)));
  const Publisher other = NewTestPublisher(directory_ / "other").value();
  const auto opened = OpenAsLicensor(other, output_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kUntrusted);
}

TEST_F(Seals, DetectAFlippedByteInEverySegment) {
  EK_ASSERT_DONE(SealModel(Pattern(2 * formats::kSegmentSize + 10)));
  const Buffer good = ReadAll(output_);
  for (std::size_t at = 5; at < good.size(); at += formats::kSegmentSize / 2) {
    Buffer bad = good;
    bad[at] ^= 1;
    WriteAll(output_, bad);
    EXPECT_FALSE(OpenAsLicensor(TestPublisher(), output_)) << at;
  }
}

TEST_F(Seals, NeverOverwrite) {
  WriteAll(output_, Pattern(3));
  ExpectFailure(SealModel(Pattern(10)), ErrorCode::kAlreadyExists);
  EXPECT_EQ(ReadAll(output_), Pattern(3));
}

TEST_F(Seals, RefuseAProductOfAnotherPublisher) {
  request_.product = Product("globex/label-ocr");
  ExpectFailure(SealModel(Pattern(10)), ErrorCode::kWrongProduct);
  EXPECT_FALSE(fs::exists(output_));
}

TEST_F(Seals, SayWhereTheOutputCannotGo) {
  request_.output = directory_ / "missing/out.eks";
  const auto sealed = SealModel(Pattern(10));
  ExpectFailure(sealed, ErrorCode::kNotFound);
  EXPECT_EQ(sealed.error().where, request_.output);
}

TEST_F(Seals, LeaveNothingWhenInterruptedAtAnySegment) {
  WriteAll(model_, Pattern(6 * formats::kSegmentSize));
  for (int allowed = 0; allowed < 6; ++allowed) {
    int asked = 0;
    context_.stop_requested = [&] { return asked++ == allowed; };
    ExpectFailure(SealWritten(), ErrorCode::kPeerGone, "interrupted");
    EXPECT_EQ(directory_.Entries(), std::vector<std::string>{"in"});
  }
}

TEST_F(Seals, RefuseASourceThatGrowsWhileItIsRead) {
  WriteAll(model_, Pattern(8 * formats::kSegmentSize));
  const auto sealed = SealWritten([&](std::uint64_t done, std::uint64_t) {
    if (done == formats::kSegmentSize) fs::resize_file(model_, 9 * formats::kSegmentSize);
  });
  ExpectFailure(sealed, ErrorCode::kBadState, "changed");
  EXPECT_EQ(sealed.error().where, model_);
  EXPECT_FALSE(fs::exists(output_));
}

TEST_F(Seals, RefuseASourceThatShrinksWhileItIsRead) {
  WriteAll(model_, Pattern(12 * formats::kSegmentSize));
  const auto sealed = SealWritten([&](std::uint64_t done, std::uint64_t) {
    if (done == formats::kSegmentSize) fs::resize_file(model_, 100);
  });
  ExpectFailure(sealed, ErrorCode::kBadState, "changed");
  EXPECT_FALSE(fs::exists(output_));
}

TEST_F(Seals, ReportProgressUpToTheEnd) {
  WriteAll(model_, Pattern(3 * formats::kSegmentSize));
  std::vector<std::uint64_t> seen;
  std::uint64_t total = 0;
  EK_ASSERT_DONE(SealWritten([&](std::uint64_t done, std::uint64_t all) {
    seen.push_back(done);
    total = all;
  }));
  EXPECT_EQ(seen.size(), 4U);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_EQ(seen.back(), total);
}

TEST_F(Seals, WarnOfAModelThatDevicesWillRefuse) {
  request_.model = model_ = directory_ / "in/broken.onnx";
  const auto sealed = SealModel(Pattern(100));
  EK_ASSERT_DONE(sealed);
  ASSERT_TRUE(sealed->warning);
  EXPECT_NE(sealed->warning->find("devices will refuse this model"), std::string::npos);
}

TEST(SegmentRings, PassSegmentsInOrderAndEndFromEitherSide) {
  SegmentRing ring;
  ASSERT_TRUE(ring.Allocate(8));
  for (std::size_t i = 0; i < SegmentRing::kCapacity; ++i) {
    ring.WaitForEmpty()->plaintext_size = i;
    ring.Fill();
  }
  EXPECT_EQ(ring.WaitForFull()->plaintext_size, 0U);
  ring.Empty();
  EXPECT_EQ(ring.WaitForFull()->plaintext_size, 1U);
  EXPECT_NE(ring.WaitForEmpty(), nullptr);
  ring.EndFilling();
  for (std::size_t i = 1; i < SegmentRing::kCapacity; ++i) {
    ASSERT_NE(ring.WaitForFull(), nullptr) << "what is full can still be emptied";
    ring.Empty();
  }
  EXPECT_EQ(ring.WaitForFull(), nullptr);
  ring.EndEmptying();
  EXPECT_EQ(ring.WaitForEmpty(), nullptr);
}

}  // namespace
}  // namespace edgekeep::author
