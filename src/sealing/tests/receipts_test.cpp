// Receipts, and who would forge them.
#include "edgekeep/sealing/receipts.h"

#include <gtest/gtest.h>

#include <functional>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"
#include "support.h"

namespace edgekeep::sealing {
namespace {

using enum ErrorCode;

DeviceId IdOf(const MemoryKey& identity) {
  const KeyId kid = crypto::KeyIdOf(TestProvider(), identity.algorithm(), identity.public_key()).value();
  return DeviceId::From(kid.view()).value();
}

Buffer SignedAs(std::string_view type, ByteView payload, const MemoryKey& key) {
  const SigningKey* const signer = &key;
  const Bytes object = SignObject(TestProvider(), type, payload, {&signer, 1}).value();
  return {object.view().begin(), object.view().end()};
}

formats::AnsweredCall CallOf(std::uint64_t number) {
  formats::AnsweredCall call{.number = number, .inputs = {}, .outputs = {}};
  call.inputs.mutable_view()[0] = static_cast<std::uint8_t>(number);
  call.outputs.mutable_view()[1] = static_cast<std::uint8_t>(number + 1);
  return call;
}

class Receipts : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kFirst = 1000;

  // What a device would sign over these leaves.
  Buffer SignedBatch(std::span<const Digest> leaves, const std::function<void(formats::ReceiptBatch&)>& edit = {}) {
    formats::ReceiptBatch batch{.product = ProductName::Parse("acme/label-ocr").value(),
                                .version = {{7}, InlineString<32>::Truncated("1.4.0")},
                                .sealed_file = {},
                                .device = IdOf(identity_),
                                .licence = {},
                                .serving = {},
                                .first = kFirst,
                                .count = leaves.size(),
                                .root = ReceiptRoot(TestProvider(), leaves).value(),
                                .signed_at = {1790000000}};
    if (edit) edit(batch);
    Buffer payload(formats::kMaxReceiptBatchSize);
    CborWriter out(payload);
    EK_CHECK(formats::EncodeReceiptBatch(batch, out));
    return SignedAs(formats::typ::kReceipts, out.written(), identity_);
  }

  static Buffer Encoded(const formats::Receipt& receipt) {
    Buffer bytes(formats::kMaxReceiptSize);
    CborWriter out(bytes);
    EK_CHECK(formats::EncodeReceipt(receipt, out));
    bytes.resize(out.written().size());
    return bytes;
  }

  std::vector<Digest> Leaves(std::size_t count) {
    std::vector<Digest> leaves;
    for (std::size_t i = 0; i < count; ++i) leaves.push_back(ReceiptLeaf(TestProvider(), CallOf(kFirst + i)).value());
    return leaves;
  }

  // Call `index` of a batch of `count`.
  formats::Receipt ReceiptOf(std::size_t count, std::size_t index) {
    const std::vector<Digest> leaves = Leaves(count);
    batch_ = SignedBatch(leaves);
    return {batch_, CallOf(kFirst + index), ReceiptPathOf(TestProvider(), leaves, index).value()};
  }

  Result<VerifiedReceipt> Verify(const formats::Receipt& receipt) {
    return VerifyReceipt(TestProvider(), identity_.as_public(), Encoded(receipt));
  }

  MemoryKey identity_{crypto::AlgorithmId::kEcdsaP256Sha256};
  Buffer batch_;
};

TEST_F(Receipts, EachCallOfEachBatchVerifies) {
  for (const std::size_t count : {1U, 2U, 3U, 7U, 8U, 9U, 255U, 256U}) {
    const std::vector<Digest> leaves = Leaves(count);
    batch_ = SignedBatch(leaves);
    for (std::size_t i = 0; i < count; i += count > 16 ? 51 : 1) {
      const auto verified = Verify({batch_, CallOf(kFirst + i), ReceiptPathOf(TestProvider(), leaves, i).value()});
      ASSERT_TRUE(verified) << count << " " << i << " " << verified.error().where();
      EXPECT_EQ(verified->call().number, kFirst + i);
      EXPECT_EQ(verified->batch().device, IdOf(identity_));
    }
  }
  EXPECT_FALSE(ReceiptRoot(TestProvider(), {}));
  EXPECT_FALSE(ReceiptRoot(TestProvider(), Leaves(257)));
}

TEST_F(Receipts, ForgedCallsAreRefused) {
  const formats::Receipt good = ReceiptOf(5, 2);
  ASSERT_TRUE(Verify(good));
  formats::Receipt forged = good;
  forged.call.outputs.mutable_view()[0] ^= 1;
  EXPECT_EQ(Verify(forged).error().code(), kBadSignature);
  forged = good;
  forged.call.inputs.mutable_view()[0] ^= 1;
  EXPECT_EQ(Verify(forged).error().code(), kBadSignature);
  for (const std::uint64_t number : {kFirst - 1, kFirst + 1, kFirst + 3, kFirst + 5, std::uint64_t{0}}) {
    forged = good;
    forged.call.number = number;
    EXPECT_EQ(Verify(forged).error().code(), kBadSignature) << number;
  }
}

// Two calls that change places: each has its number in its leaf, and its place in the tree.
TEST_F(Receipts, ReorderedCallsAreRefused) {
  formats::Receipt first = ReceiptOf(4, 0);
  ASSERT_TRUE(Verify(first));
  first.path = ReceiptPathOf(TestProvider(), Leaves(4), 1).value();
  EXPECT_EQ(Verify(first).error().code(), kBadSignature);
  // A device that signed them in another order signed something else.
  std::vector<Digest> leaves = Leaves(4);
  std::swap(leaves[0], leaves[1]);
  batch_ = SignedBatch(leaves);
  EXPECT_EQ(Verify({batch_, CallOf(kFirst), ReceiptPathOf(TestProvider(), leaves, 1).value()}).error().code(),
            kBadSignature);
}

TEST_F(Receipts, PathsOfAnotherLengthAreRefused) {
  const formats::Receipt good = ReceiptOf(5, 2);
  formats::Receipt forged = good;
  forged.path.PopBack();
  EXPECT_EQ(Verify(forged).error().code(), kBadSignature);
  forged = good;
  ASSERT_TRUE(forged.path.PushBack({}));
  EXPECT_EQ(Verify(forged).error().code(), kBadSignature);
  // A node in place of a call: nodes and leaves are hashed apart.
  const std::vector<Digest> leaves = Leaves(2);
  batch_ = SignedBatch(leaves, [](formats::ReceiptBatch& batch) { batch.count = 1; });
  EXPECT_EQ(Verify({batch_, CallOf(kFirst), {}}).error().code(), kBadSignature);
}

TEST_F(Receipts, AnotherDevicesAreRefused) {
  const MemoryKey other{crypto::AlgorithmId::kEcdsaP256Sha256};
  const Buffer receipt = Encoded(ReceiptOf(3, 1));
  EXPECT_EQ(VerifyReceipt(TestProvider(), other.as_public(), receipt).error().code(), kUntrusted);
  // Signed by this device, but naming another one.
  const std::vector<Digest> leaves = Leaves(1);
  batch_ = SignedBatch(leaves, [&](formats::ReceiptBatch& batch) { batch.device = IdOf(other); });
  EXPECT_EQ(Verify({batch_, CallOf(kFirst), {}}).error().code(), kWrongDevice);
}

// A device request, signed by the same key, is no receipt.
TEST_F(Receipts, OtherObjectsOfTheDeviceAreRefused) {
  batch_ = SignedAs(formats::typ::kDeviceRequest, Buffer(100), identity_);
  EXPECT_EQ(Verify({batch_, CallOf(kFirst), {}}).error().code(), kUnsupported);
}

TEST_F(Receipts, FlippedBytesAreRefusedEverywhere) {
  const Buffer good = Encoded(ReceiptOf(3, 1));
  for (std::size_t i = 0; i < good.size(); i += 3) {
    Buffer flipped = good;
    flipped[i] ^= 0x10;
    EXPECT_FALSE(VerifyReceipt(TestProvider(), identity_.as_public(), flipped)) << i;
  }
}

TEST(TensorsDigestTest, TellsTensorsApart) {
  const auto digest = [](std::uint32_t index, std::uint32_t type, std::vector<std::int64_t> shape, Buffer bytes) {
    TensorsDigest tensors = TensorsDigest::Create(TestProvider()).value();
    EK_CHECK(tensors.Add(index, type, shape, bytes));
    return tensors.Finish().value();
  };
  const Digest one = digest(0, 1, {2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(digest(0, 1, {2, 2}, {1, 2, 3, 4}), one);
  EXPECT_NE(digest(1, 1, {2, 2}, {1, 2, 3, 4}), one);
  EXPECT_NE(digest(0, 2, {2, 2}, {1, 2, 3, 4}), one);
  EXPECT_NE(digest(0, 1, {4}, {1, 2, 3, 4}), one);
  EXPECT_NE(digest(0, 1, {2, 2}, {1, 2, 3, 5}), one);
}

}  // namespace
}  // namespace edgekeep::sealing
