#include "edgekeep/author/receipt.h"

#include "device_request.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/read_file.h"

namespace edgekeep::author {
namespace {

// A ring holds no more.
constexpr std::size_t kMaxTensors = std::size_t{1} << 30;

Done CompareTensors(const Context& context, const std::string& path, const Digest& expected) {
  if (path.empty()) return {};
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxTensors)));
  EK_TRY_ASSIGN(const Digest digest, At(path, crypto::Sha256(context.provider, {bytes.view()})));
  if (digest == expected) return {};
  return Failure{ErrorCode::kBadSignature, "these are not the tensors that the receipt is about", path,
                 "compare with the tensors of this very call, as they were written beside its receipt"};
}

// The common words speak of publishers.
Failure Refused(const Error& error, const std::string& path) {
  if (error.code() != ErrorCode::kUntrusted) return Describe(error, path);
  return {ErrorCode::kUntrusted, "signed by another device than the request's", path,
          "take the request of the device that made it"};
}

}  // namespace

Outcome<ReceiptReport> VerifyReceiptFiles(const Context& context, const ReceiptFiles& files) {
  EK_TRY_ASSIGN(const Bytes request,
                At(files.device_request, files::ReadFile(files.device_request, kMaxSignedRequestSize)));
  EK_TRY_ASSIGN(const VerifiedDevice device, At(files.device_request, VerifyDeviceRequest(context, request.view())));
  EK_TRY_ASSIGN(const Bytes bytes, At(files.receipt, files::ReadFile(files.receipt, formats::kMaxReceiptSize)));
  const auto receipt = sealing::VerifyReceipt(context.provider, device.request.identity, bytes.view());
  if (!receipt) return Refused(receipt.error(), files.receipt);
  EK_TRY(CompareTensors(context, files.inputs, receipt->call().inputs));
  EK_TRY(CompareTensors(context, files.outputs, receipt->call().outputs));
  return ReceiptReport{*receipt, device.request.anchor};
}

}  // namespace edgekeep::author
