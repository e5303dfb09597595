// Checking receipts: what a device says that it answered, for whoever has its request (spec/receipt.md §6).
#pragma once
#include <string>

#include "edgekeep/author/context.h"
#include "edgekeep/author/failure.h"
#include "edgekeep/formats/device_request.h"
#include "edgekeep/sealing/receipts.h"

namespace edgekeep::author {

struct ReceiptFiles {
  std::string receipt;
  std::string device_request;  // d.ekd
  // Tensors as spec/receipt.md §2 writes them; empty: not compared.
  std::string inputs;
  std::string outputs;
};

struct ReceiptReport {
  sealing::VerifiedReceipt receipt;
  formats::AnchorKind anchor = formats::AnchorKind::kSoftware;
};

// Fails with kBadSignature also for tensors that are not the receipt's.
Outcome<ReceiptReport> VerifyReceiptFiles(const Context& context, const ReceiptFiles& files);

}  // namespace edgekeep::author
