#include "edgekeep/sealing/verified_seal.h"

#include "edgekeep/base/testing/native_stride.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"
#include "small_seal.h"

namespace edgekeep::sealing {
namespace {

class VerifiedSeals : public ::testing::Test {
 protected:
  void SetUp() override {
    seal_.Build();
    file_ = seal_.SignedBy(author_.Keys());
  }

  Result<VerifiedSeal> Verify(const Buffer& file) { return VerifySeal(TestProvider(), file, file.size(), trust_); }

  TestHolder author_;
  formats::TrustBundle trust_ = BundleFor(author_);
  SmallSeal seal_;
  Buffer file_;
};

TEST_F(VerifiedSeals, TellsWhatTheAuthorSigned) {
  const auto verified = Verify(file_);
  EK_ASSERT_OK(verified);
  EXPECT_EQ(verified->header().product.view(), "acme/label-ocr");
  EXPECT_EQ(verified->header().version.display.view(), "1.2");
  EXPECT_EQ(verified->record().plaintext_size, seal_.plaintext.size());
  EXPECT_EQ(verified->header_digest(), seal_.record.header_digest);
  const Digest id = crypto::Sha256(TestProvider(), {seal_.EncodedRecord()}).value();
  EXPECT_TRUE(Equal(verified->id().view(), id.view()));
  EXPECT_EQ(verified->body_offset() % formats::kBodyAlignment, 0U);
}

TEST_F(VerifiedSeals, NeedsOnlyTheFront) {
  const std::size_t body = seal_.segments[0].size();
  const ByteView front = ByteView(file_).first(file_.size() - body);
  EK_ASSERT_OK(VerifySeal(TestProvider(), front, file_.size(), trust_));
  EK_EXPECT_ERROR(VerifySeal(TestProvider(), front.first(front.size() - 1), file_.size(), trust_),
                  ErrorCode::kMalformed);
}

TEST_F(VerifiedSeals, RefusesAStranger) {
  const TestHolder stranger;
  EK_EXPECT_ERROR(Verify(seal_.SignedBy(stranger.Keys())), ErrorCode::kUntrusted);
}

TEST_F(VerifiedSeals, RefusesAStrippedSignature) {
  EK_EXPECT_ERROR(Verify(seal_.SignedBy({&author_.classical})), ErrorCode::kBadSignature);
  EK_EXPECT_ERROR(Verify(seal_.SignedBy({&author_.post_quantum})), ErrorCode::kBadSignature);
}

TEST_F(VerifiedSeals, RefusesARecordSignedAsSomethingElse) {
  const Bytes as_grant =
      SignObject(TestProvider(), formats::typ::kGrant, seal_.EncodedRecord(), author_.Keys()).value();
  EK_EXPECT_ERROR(Verify(seal_.Assemble(as_grant.view())), ErrorCode::kUnsupported);
}

TEST_F(VerifiedSeals, RefusesAnotherPublishersProductSignedByThisAuthor) {
  SmallSeal other;
  other.product = "globex/label-ocr";
  other.Build();
  EK_EXPECT_ERROR(Verify(other.SignedBy(author_.Keys())), ErrorCode::kWrongProduct);
}

TEST_F(VerifiedSeals, RefusesTheRecordOfAnotherFile) {
  SmallSeal other;
  other.Build();
  std::swap(seal_.record, other.record);
  EK_EXPECT_ERROR(Verify(seal_.SignedBy(author_.Keys())), ErrorCode::kMalformed);
}

TEST_F(VerifiedSeals, RefusesSizesThatDisagree) {
  EK_EXPECT_ERROR(VerifySeal(TestProvider(), file_, file_.size() + 1, trust_), ErrorCode::kMalformed);
  EK_EXPECT_ERROR(VerifySeal(TestProvider(), file_, file_.size() - 1, trust_), ErrorCode::kMalformed);
  EK_EXPECT_ERROR(VerifySeal(TestProvider(), file_, 0, trust_), ErrorCode::kMalformed);
  ++seal_.record.plaintext_size;
  EK_EXPECT_ERROR(Verify(seal_.SignedBy(author_.Keys())), ErrorCode::kMalformed);
}

TEST_F(VerifiedSeals, RefusesABodyThatDoesNotFitThePlaintextSize) {
  seal_.segments[0].push_back(0);
  EK_EXPECT_ERROR(Verify(seal_.SignedBy(author_.Keys())), ErrorCode::kMalformed);
}

TEST_F(VerifiedSeals, RefusesAnythingInTheHeaderRoom) {
  const std::size_t last_of_room = file_.size() - seal_.segments[0].size() - 1;
  ASSERT_EQ(file_[last_of_room], 0);
  file_[last_of_room] = 1;
  EK_EXPECT_ERROR(Verify(file_), ErrorCode::kMalformed);
}

TEST_F(VerifiedSeals, RefusesEveryTruncationOfTheFront) {
  const std::size_t front = file_.size() - seal_.segments[0].size();
  for (std::size_t size = 0; size < front; size += size < 64 ? 1 : 41) {
    ASSERT_FALSE(VerifySeal(TestProvider(), ByteView(file_).first(size), file_.size(), trust_)) << size;
    ASSERT_FALSE(ParseSeal(TestProvider(), ByteView(file_).first(size), file_.size())) << size;
  }
}

TEST_F(VerifiedSeals, RefusesFlippedBytesEverywhereInTheFront) {
  const std::size_t front = file_.size() - seal_.segments[0].size();
  const std::size_t signatures = formats::kPreambleSize + seal_.header.size() + 300;
  for (std::size_t at = 0; at < front; at += NativeStride(at < signatures ? 1 : 13)) {
    Buffer flipped = file_;
    flipped[at] ^= 0x20;
    ASSERT_FALSE(Verify(flipped)) << at;
  }
}

TEST_F(VerifiedSeals, ParsesWithoutTrustForThoseWhoOnlyLook) {
  const TestHolder stranger;
  const Buffer file = seal_.SignedBy(stranger.Keys());
  const auto parsed = ParseSeal(TestProvider(), file, file.size());
  EK_ASSERT_OK(parsed);
  EXPECT_EQ(parsed->header.product.view(), "acme/label-ocr");
}

// Every licensed device knows the epoch key and so the content key. Whoever takes it out of one device can encrypt
// other content under the same header.
class InsiderForgery : public VerifiedSeals {
 protected:
  void SetUp() override {
    VerifiedSeals::SetUp();
    seal_.ReplacePlaintext(forged_);
  }

  Result<Digest> DigestOfTags() {
    EK_TRY_ASSIGN(TagsDigest tags, TagsDigest::Create(TestProvider()));
    EK_TRY(tags.Add(seal_.segments[0]));
    return tags.Finish();
  }

  Buffer forged_ = Pattern(1000, 66);
};

TEST_F(InsiderForgery, ControlTheAeadAloneAcceptsIt) {
  const SegmentKeys keys =
      SegmentKeys::Derive(TestProvider(), DefaultSuite(), seal_.content_key.key, seal_.salt, seal_.record.header_digest)
          .value();
  const auto opened = OpenAll(keys, seal_.segments);
  EK_ASSERT_OK(opened);
  EXPECT_EQ(*opened, forged_);
}

TEST_F(InsiderForgery, TheSignedTagsDigestRefusesIt) {
  const Buffer file = seal_.SignedBy(author_.Keys());  // the genuine record in front of the forged body
  const auto verified = Verify(file);
  EK_ASSERT_OK(verified);
  EXPECT_NE(DigestOfTags().value(), verified->record().tags_digest);
}

TEST_F(InsiderForgery, ARecordThatFitsTheForgeryLacksTheAuthorsSignature) {
  seal_.record.tags_digest = DigestOfTags().value();
  const TestHolder insider;
  EK_EXPECT_ERROR(Verify(seal_.SignedBy(insider.Keys())), ErrorCode::kUntrusted);
  // With the kids of the author in place of the insider's own:
  const Bytes genuine =
      SignObject(TestProvider(), formats::typ::kSealedFile, seal_.EncodedRecord(), author_.Keys()).value();
  const Bytes own =
      SignObject(TestProvider(), formats::typ::kSealedFile, seal_.EncodedRecord(), insider.Keys()).value();
  const auto names = formats::DecodeSignedObject(formats::typ::kSealedFile, genuine.view()).value();
  auto forged = formats::DecodeSignedObject(formats::typ::kSealedFile, own.view()).value();
  for (std::size_t i = 0; i < forged.signatures.size(); ++i) forged.signatures[i].kid = names.signatures[i].kid;
  Buffer out(own.size() + 64);
  CborWriter writer(out);
  EK_ASSERT_OK(formats::EncodeSignedObject(formats::typ::kSealedFile, forged, writer));
  EK_EXPECT_ERROR(Verify(seal_.Assemble(writer.written())), ErrorCode::kBadSignature);
}

}  // namespace
}  // namespace edgekeep::sealing
