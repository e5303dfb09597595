#include "edgekeep/gate/cell_orders.h"

#include "samples.h"
#include "strict.h"

namespace edgekeep::gate {
namespace {

SlotFileInput SampleInput() {
  return {.key = SecretOf(1), .header_digest = IdOf<Digest>(2), .tags_digest = IdOf<Digest>(3)};
}

InstallPackageOrder SampleInstall() {
  return {.content_key = SecretOf(1),
          .header_digest = IdOf<Digest>(2),
          .tags_digest = IdOf<Digest>(3),
          .plaintext_mac = {4},
          .sealed_file = IdOf<SealedFileId>(5),
          .canonical_key = SecretOf(6),
          .prepared_key = SecretOf(7),
          .seal_suite = 0x0102};
}

PreparedAnswer SampleAnswer() {
  const WrittenSlotFile written{
      .header_digest = IdOf<Digest>(1), .tags_digest = IdOf<Digest>(2), .file_size = 1ULL << 40};
  return {.canonical = written,
          .prepared = written,
          .engine_key = TextOf<128>("onnxruntime-1.30.0/x86_64-avx2"),
          .model = SampleModel()};
}

TEST(CellOrders, HelloIsStrict) {
  const CellHello hello{.engine_key = TextOf<128>("onnxruntime-1.30.0"), .memory_locking = TextOf<32>("all")};
  ExpectStrict<CellHello>(hello, DecodeCellHello, EncodeCellHello);
}

TEST(CellOrders, ServeModelIsStrict) {
  ServeModelOrder order{.file = SampleInput(), .prepared = true, .threads = 2, .policy = SamplePolicy()};
  ExpectStrict<ServeModelOrder>(order, DecodeServeModelOrder, EncodeServeModelOrder);
  order.policy = {};
  ExpectStrict<ServeModelOrder>(order, DecodeServeModelOrder, EncodeServeModelOrder);
}

TEST(CellOrders, PolicyIsBoundedAndNeverEmpty) {
  const auto with_policy = [](std::size_t size) {
    Buffer body(kMaxBodySize);
    CborWriter out(body);
    EXPECT_TRUE(out.Map(4));
    const Buffer order =
        Encoded<ServeModelOrder>({.file = SampleInput(), .prepared = true, .threads = 2}, EncodeServeModelOrder);
    EXPECT_TRUE(out.Encoded(ByteView(order).subspan(1)));
    EXPECT_TRUE(out.Unsigned(4));
    EXPECT_TRUE(out.ByteString(Buffer(size, 7)));
    body.resize(out.written().size());
    return DecodeServeModelOrder(body);
  };
  EXPECT_EQ(with_policy(1024)->policy.size(), 1024U);
  EXPECT_EQ(with_policy(1025).error().code(), ErrorCode::kTooLarge);
  EXPECT_EQ(with_policy(0).error().code(), ErrorCode::kMalformed);
}

TEST(CellOrders, ServeModelAnswerIsStrict) {
  const ServeModelAnswer answer{.model = SampleModel(), .provider = 3, .processors_ignored = true};
  ExpectStrict<ServeModelAnswer>(answer, DecodeServeModelAnswer, EncodeServeModelAnswer);
  const auto decoded = DecodeServeModelAnswer(Encoded<ServeModelAnswer>(answer, EncodeServeModelAnswer));
  EXPECT_EQ(decoded->provider, 3);
  EXPECT_TRUE(decoded->processors_ignored);
}

TEST(CellOrders, InstallPackageIsStrict) {
  ExpectStrict<InstallPackageOrder>(SampleInstall(), DecodeInstallPackageOrder, EncodeInstallPackageOrder);
}

TEST(CellOrders, PreparePackageIsStrict) {
  const PreparePackageOrder order{.canonical = SampleInput(), .prepared_key = SecretOf(9), .seal_suite = 1};
  ExpectStrict<PreparePackageOrder>(order, DecodePreparePackageOrder, EncodePreparePackageOrder);
}

TEST(CellOrders, PreparedAnswerIsStrict) {
  ExpectStrict<PreparedAnswer>(SampleAnswer(), DecodePreparedAnswer, EncodePreparedAnswer);
  PreparedAnswer without = SampleAnswer();
  without.prepared.reset();
  ExpectStrict<PreparedAnswer>(without, DecodePreparedAnswer, EncodePreparedAnswer);
  EXPECT_FALSE(DecodePreparedAnswer(Encoded<PreparedAnswer>(without, EncodePreparedAnswer))->prepared);
}

TEST(CellOrders, KeysArriveUnderTheirOwnNames) {
  const auto order =
      DecodeInstallPackageOrder(Encoded<InstallPackageOrder>(SampleInstall(), EncodeInstallPackageOrder));
  ASSERT_TRUE(order);
  EXPECT_EQ(order->content_key.Reveal()[31], 1);
  EXPECT_EQ(order->canonical_key.Reveal()[31], 6);
  EXPECT_EQ(order->prepared_key.Reveal()[31], 7);
  EXPECT_EQ(order->plaintext_mac[0], 4);
}

TEST(CellOrders, KeysOfAnotherSizeAreRefused) {
  Buffer body = Encoded<InstallPackageOrder>(SampleInstall(), EncodeInstallPackageOrder);
  // {1: h'…32 bytes': the head of the string says 32 in its second byte.
  ASSERT_EQ(body[3], 32);
  body[3] = 31;
  body.erase(body.begin() + 4);
  EXPECT_EQ(DecodeInstallPackageOrder(body).error().code(), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace edgekeep::gate
