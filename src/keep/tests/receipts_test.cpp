// What the keep signs for a cell.
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/device_request.h"
#include "edgekeep/formats/receipt.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/gate/ledger.h"
#include "edgekeep/sealing/signed_object.h"
#include "fixture/test_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::kNow;
using fixture::Package;
using fixture::TestDevice;
using fixture::TestProvider;
using fixture::TestPublisher;

class KeepReceiptsTest : public testing::Test {
 protected:
  void Open(const formats::ProductPolicy& policy) {
    ASSERT_TRUE(device_.Start());
    ASSERT_TRUE(device_.Initialise(publisher_.Bundle()));
    publisher_.policy = policy;
    const Package package = publisher_.Seal({3}, fixture::Pattern(5000, 7));
    EK_ASSERT_OK(device_.Install(package, publisher_.Grant(package, {4}), device_.Licence(publisher_)));
    EK_ASSERT_OK(device_.Open());
  }

  Result<Buffer> Sign(const gate::ReceiptsToSign& receipts) {
    Buffer body(128);
    CborWriter out(body);
    EXPECT_TRUE(gate::EncodeReceiptsToSign(receipts, out));
    EK_TRY_ASSIGN(const auto answer, device_.lines.last_desk->Answer(
                                         static_cast<std::uint16_t>(gate::Command::kSignReceipts), out.written()));
    EK_TRY_ASSIGN(const ByteView object, gate::DecodeBlob(answer->view()));
    return fixture::ToBuffer(object);
  }

  static gate::ReceiptsToSign Batch(std::uint64_t first, std::uint64_t count) {
    return {first, count, Digest(std::array<std::uint8_t, 32>{9})};
  }

  TestPublisher publisher_;
  TestDevice device_;
};

TEST_F(KeepReceiptsTest, AreSignedByTheIdentityOverWhatTheKeepKnows) {
  Open({.receipts = true});
  const Buffer object = Sign(Batch(0, 3)).value();
  const Buffer request_bytes = device_.ShowRequest().value();
  const auto request_object = formats::DecodeSignedObject(formats::typ::kDeviceRequest, request_bytes).value();
  const auto request = formats::DecodeDeviceRequest(request_object.payload).value();
  const auto payload = sealing::VerifyObjectWithKey(TestProvider(), formats::typ::kReceipts, object, request.identity);
  EK_ASSERT_OK(payload);
  const formats::ReceiptBatch batch = formats::DecodeReceiptBatch(*payload).value();
  EXPECT_EQ(batch.product.view(), fixture::kProduct);
  EXPECT_EQ(batch.version.sequence.value, 3U);
  EXPECT_EQ(batch.first, 0U);
  EXPECT_EQ(batch.count, 3U);
  EXPECT_EQ(batch.root, Batch(0, 3).root);
  EXPECT_EQ(batch.signed_at, kNow);
  const KeyId kid = crypto::KeyIdOf(TestProvider(), static_cast<crypto::AlgorithmId>(request.identity.algorithm),
                                    request.identity.bytes)
                        .value();
  EXPECT_TRUE(Equal(batch.device.view(), kid.view()));
}

// A cell cannot have two calls signed under one number.
TEST_F(KeepReceiptsTest, EachNumberIsSignedOnce) {
  Open({.receipts = true});
  EK_ASSERT_OK(Sign(Batch(0, 3)));
  gate::ReceiptsToSign other = Batch(0, 3);
  other.root = Digest(std::array<std::uint8_t, 32>{8});
  EK_EXPECT_ERROR(Sign(other), ErrorCode::kBadState);
  EK_EXPECT_ERROR(Sign(Batch(0, 2)), ErrorCode::kBadState);
  EK_EXPECT_ERROR(Sign(Batch(2, 1)), ErrorCode::kBadState);
  EK_ASSERT_OK(Sign(Batch(10, 1)));
  EK_EXPECT_ERROR(Sign(Batch(3, 1)), ErrorCode::kBadState);
  EK_EXPECT_ERROR(Sign(Batch(0, 3)), ErrorCode::kBadState);
  EK_EXPECT_ERROR(Sign(Batch(11, 0)), ErrorCode::kMalformed);
  EK_EXPECT_ERROR(Sign(Batch(11, 257)), ErrorCode::kMalformed);
  EK_EXPECT_ERROR(Sign(Batch(UINT64_MAX, 1)), ErrorCode::kMalformed);
  EK_ASSERT_OK(Sign(Batch(11, 256)));
}

// A keep that is busy may answer after its cell has stopped waiting: without this no later receipt could be had.
TEST_F(KeepReceiptsTest, WhatWasSignedLastIsGivenAgain) {
  Open({.receipts = true});
  const Result<Buffer> first = Sign(Batch(0, 3));
  EK_ASSERT_OK(first);
  const Result<Buffer> again = Sign(Batch(0, 3));
  EK_ASSERT_OK(again);
  EXPECT_EQ(*again, *first);
  EK_ASSERT_OK(Sign(Batch(3, 1)));
}

// Silicon takes its time, and any application may ask for a receipt after each of its calls.
TEST_F(KeepReceiptsTest, WhileOneIsSignedTheKeepDecides) {
  Open({.receipts = true});
  int signatures = 0;
  device_.anchor->while_signing = [&] {
    ++signatures;
    EXPECT_TRUE(device_.Open());
    EXPECT_TRUE(device_.Status());
    device_.TendLicences();
    device_.Collect();
  };
  EK_ASSERT_OK(Sign(Batch(0, 3)));
  EXPECT_EQ(signatures, 1);
  device_.anchor->while_signing = {};
  EXPECT_EQ(device_.sessions.size(), 2U);
}

TEST_F(KeepReceiptsTest, WithoutThePolicyNothingIsSigned) {
  Open({});
  EK_EXPECT_ERROR(Sign(Batch(0, 1)), ErrorCode::kForbidden);
}

}  // namespace
}  // namespace edgekeep::keep
