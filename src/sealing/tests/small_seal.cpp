#include "small_seal.h"

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"

namespace edgekeep::sealing {
namespace {

Buffer EncodeHeader(const formats::SealedHeader& header) {
  Buffer out(formats::kMaxHeaderSize);
  CborWriter writer(out);
  EXPECT_TRUE(formats::EncodeSealedHeader(header, writer));
  out.resize(writer.written().size());
  return out;
}

}  // namespace

void SmallSeal::Build() {
  const auto suite = crypto::FindHpkeSuite(crypto::HpkeSuiteId::kMlKem768P256HkdfSha256Aes256Gcm).value();
  const auto licensor = crypto::SoftwareHpkeRecipient::Generate(TestProvider(), suite.kem).value();
  formats::SealedHeader fields;
  fields.product = ProductName::Parse(product).value();
  fields.version = {{3}, VersionText::Truncated("1.2")};
  fields.seal_suite = static_cast<std::uint16_t>(DefaultSuite().id);
  fields.plaintext_size = plaintext.size();
  fields.salt = salt;
  fields.key_commitment = CommitToKey(TestProvider(), content_key.key, salt).value();
  fields.hpke_suite = static_cast<std::uint16_t>(suite.id);
  fields.licensor_kem_kid = crypto::KeyIdOf(TestProvider(), suite.kem, licensor.public_key()).value();
  const auto wrap = WrapContentKeyToLicensor(TestProvider(), suite, licensor.public_key(), fields.product,
                                             fields.version.sequence, salt, content_key)
                        .value();
  fields.enc = wrap.enc.view();
  fields.wrapped_key = wrap.ciphertext.view();
  header = EncodeHeader(fields);
  ReplacePlaintext(plaintext);
  record.header_digest = crypto::Sha256(TestProvider(), {header}).value();
  record.plaintext_size = plaintext.size();
  record.sealed_at = {1700000000};
  TagsDigest tags = TagsDigest::Create(TestProvider()).value();
  EXPECT_TRUE(tags.Add(segments[0]));
  record.tags_digest = tags.Finish().value();
  PlaintextMacState mac = PlaintextMacState::Create(TestProvider(), content_key.key, salt).value();
  EXPECT_TRUE(mac.Update(plaintext));
  record.plaintext_mac = mac.Finish().value();
}

void SmallSeal::ReplacePlaintext(const Buffer& other) {
  const Digest digest = crypto::Sha256(TestProvider(), {header}).value();
  const SegmentKeys keys = SegmentKeys::Derive(TestProvider(), DefaultSuite(), content_key.key, salt, digest).value();
  segments = SealAll(keys, other, formats::kSegmentSize);
}

Buffer SmallSeal::EncodedRecord() const {
  Buffer out(512);
  CborWriter writer(out);
  EXPECT_TRUE(formats::EncodeSealRecord(record, writer));
  out.resize(writer.written().size());
  return out;
}

Buffer SmallSeal::Assemble(ByteView signed_record) const {
  const std::uint64_t body_offset =
      formats::BodyOffset(static_cast<std::uint32_t>(header.size()), static_cast<std::uint32_t>(signed_record.size()));
  Buffer file(body_offset);
  Writer out(file);
  const formats::Preamble preamble{static_cast<std::uint32_t>(header.size()),
                                   static_cast<std::uint32_t>(signed_record.size()),
                                   static_cast<std::uint32_t>(body_offset), segments[0].size()};
  EXPECT_TRUE(formats::EncodePreamble(preamble, out));
  EXPECT_TRUE(out.WriteBytes(header));
  EXPECT_TRUE(out.WriteBytes(signed_record));
  file.insert(file.end(), segments[0].begin(), segments[0].end());
  return file;
}

Buffer SmallSeal::SignedBy(const std::vector<const SigningKey*>& keys) const {
  const Bytes bytes = SignObject(TestProvider(), formats::typ::kSealedFile, EncodedRecord(), keys).value();
  return Assemble(bytes.view());
}

formats::TrustBundle BundleFor(const TestHolder& author) {
  formats::TrustBundle bundle;
  bundle.publisher = "acme";
  EXPECT_TRUE(bundle.required_classes.PushBack(1));
  EXPECT_TRUE(bundle.required_classes.PushBack(2));
  EXPECT_TRUE(bundle.authors.PushBack(author.Named("author")));
  return bundle;
}

}  // namespace edgekeep::sealing
