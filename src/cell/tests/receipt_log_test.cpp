#include "edgekeep/cell/receipt_log.h"

#include <gtest/gtest.h>

#include <set>

#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/sealing/receipts.h"

namespace edgekeep::cell {
namespace {

Digest DigestOf(std::uint64_t number) {
  Digest digest;
  for (std::size_t i = 0; i < 8; ++i) digest.mutable_view()[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return digest;
}

class ReceiptLogTest : public ::testing::Test {
 protected:
  void Answer(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      EXPECT_EQ(log_->Add(DigestOf(answered_), DigestOf(answered_ + 1), kOwner), answered_);
      ++answered_;
    }
  }

  static constexpr std::uint64_t kOwner = 7;

  // Has everything signed that the receipt needs, and returns it. The "signature" is the batch's root.
  Result<Bytes> ReceiptOf(std::uint64_t number) {
    for (;;) {
      EK_TRY_ASSIGN(const auto missing, log_->Missing(number, kOwner));
      if (!missing) break;
      EXPECT_GE(missing->first, next_);
      EXPECT_LE(missing->count, formats::kMaxCallsOfBatch);
      next_ = missing->first + missing->count;
      ++num_signed_;
      EK_TRY(log_->TakeSigned(missing->root.view()));
    }
    return log_->Make(number);
  }

  std::unique_ptr<crypto::Provider> provider_ = crypto::NewOpenSslProvider().value();
  std::unique_ptr<ReceiptLog> log_ = ReceiptLog::Create(*provider_).value();
  std::uint64_t answered_ = 0;
  std::uint64_t next_ = 0;  // number that may be signed next
  int num_signed_ = 0;
};

TEST_F(ReceiptLogTest, EachCallHasItsReceipt) {
  Answer(3);
  for (std::uint64_t number = 0; number < 3; ++number) {
    const Result<Bytes> bytes = ReceiptOf(number);
    ASSERT_TRUE(bytes) << bytes.error().where();
    const formats::Receipt receipt = formats::DecodeReceipt(bytes->view()).value();
    EXPECT_EQ(receipt.call.number, number);
    EXPECT_EQ(receipt.call.inputs, DigestOf(number));
    EXPECT_EQ(receipt.call.outputs, DigestOf(number + 1));
  }
  EXPECT_EQ(num_signed_, 1);  // one signature for all three
}

TEST_F(ReceiptLogTest, ABatchThatIsFullOrWantedIsClosed) {
  Answer(formats::kMaxCallsOfBatch + 1);
  ASSERT_TRUE(ReceiptOf(formats::kMaxCallsOfBatch));
  EXPECT_EQ(num_signed_, 2);  // in their order
  Answer(1);
  ASSERT_TRUE(ReceiptOf(formats::kMaxCallsOfBatch + 1));
  EXPECT_EQ(num_signed_, 3);
}

TEST_F(ReceiptLogTest, OfWhatWasNeverAnsweredOrIsNoLongerKeptThereIsNone) {
  EXPECT_EQ(ReceiptOf(0).error().code(), ErrorCode::kNotFound);
  Answer(1);
  EXPECT_EQ(ReceiptOf(1).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(ReceiptOf(UINT64_MAX).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(log_->Make(0).error().code(), ErrorCode::kBadState);
  ASSERT_TRUE(ReceiptOf(0));
  Answer(ReceiptLog::kCalls);
  EXPECT_EQ(ReceiptOf(0).error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(ReceiptOf(answered_ - 1));
  EXPECT_TRUE(ReceiptOf(answered_ - ReceiptLog::kCalls));
}

TEST_F(ReceiptLogTest, SmallBatchesAreKeptInBoundedNumber) {
  for (std::uint64_t i = 0; i <= ReceiptLog::kBatches; ++i) {
    Answer(1);
    ASSERT_TRUE(ReceiptOf(i));
  }
  EXPECT_EQ(ReceiptOf(0).error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(ReceiptOf(1));
}

TEST_F(ReceiptLogTest, SomebodyElsesReceiptsAreNotFound) {
  Answer(1);
  EXPECT_EQ(log_->Missing(0, kOwner + 1).error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(ReceiptOf(0));
}

TEST_F(ReceiptLogTest, TakesNoSignatureThatNobodyWaitsFor) {
  Answer(1);
  const Digest root = DigestOf(1);
  EXPECT_EQ(log_->TakeSigned(root.view()).error().code(), ErrorCode::kBadState);
  ASSERT_TRUE(log_->Missing(0, kOwner));
  EXPECT_EQ(log_->TakeSigned({}).error().code(), ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace edgekeep::cell
