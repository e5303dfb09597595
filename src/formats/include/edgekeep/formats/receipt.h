// Receipts: a device's word on what one product answered (spec/receipt.md).
#pragma once
#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/formats/licence.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxReceiptSize = 8192;
inline constexpr std::size_t kMaxReceiptBatchSize = 1024;
// Calls that one signature is for, and what a path through the tree over them takes.
inline constexpr std::uint64_t kMaxCallsOfBatch = 256;
inline constexpr std::size_t kMaxReceiptPath = 8;

// One cell's life, during which calls are numbered from 0 on.
using ServingId = StrongBytes<struct ServingIdTag, 16>;

// One leaf of a batch's tree.
struct AnsweredCall {
  std::uint64_t number = 0;
  Digest inputs;   // of the tensors as the model got them
  Digest outputs;  // of the tensors as they were delivered
};

// The payload the device signs, typ "edgekeep/receipts".
struct ReceiptBatch {
  ProductName product;
  Version version;
  SealedFileId sealed_file;
  DeviceId device;
  LicenceId licence;
  ServingId serving;
  std::uint64_t first = 0;  // number of the first call
  std::uint64_t count = 0;  // 1 … kMaxCallsOfBatch
  Digest root;
  UnixTime signed_at;
};

using ReceiptPath = InlineVector<Digest, kMaxReceiptPath>;

// What an application keeps: one call, and its batch.
struct Receipt {
  ByteView batch;  // the signed object
  AnsweredCall call;
  ReceiptPath path;
};

Status EncodeAnsweredCall(const AnsweredCall& call, CborWriter& out);
Result<ReceiptBatch> DecodeReceiptBatch(ByteView payload);
Status EncodeReceiptBatch(const ReceiptBatch& batch, CborWriter& out);
// Views borrow from `bytes`.
Result<Receipt> DecodeReceipt(ByteView bytes);
Status EncodeReceipt(const Receipt& receipt, CborWriter& out);

}  // namespace edgekeep::formats
