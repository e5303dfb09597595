#include "edgekeep/author/transfer.h"

#include "edgekeep/base/base64.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/read_file.h"
#include "metadata_json.h"

namespace edgekeep::author {
namespace {

using formats::SignedTransfer;
using formats::Transfer;
using formats::TransferSide;

constexpr std::size_t kMaxCertificateFile = 16384;
constexpr std::uint8_t kDerSequence = 0x30;

// Between lines of dashes.
Result<std::string> Base64OfPem(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----", kEnd = "-----END CERTIFICATE-----";
  const std::size_t begin = text.find(kBegin), end = text.find(kEnd);
  const bool is_one = begin != std::string_view::npos && end != std::string_view::npos && begin < end &&
                      text.find(kBegin, end) == std::string_view::npos;
  if (!is_one) return Error(ErrorCode::kMalformed, "one certificate, PEM or DER");
  std::string base64(text.substr(begin + kBegin.size(), end - begin - kBegin.size()));
  std::erase_if(base64, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
  return base64;
}

Result<Bytes> DerOf(ByteView file) {
  if (!file.empty() && file[0] == kDerSequence) return Bytes::Copy(file);
  EK_TRY_ASSIGN(const std::string base64, Base64OfPem(AsText(file)));
  EK_TRY_ASSIGN(const std::size_t size, CheckBase64(base64));
  EK_TRY_ASSIGN(Bytes der, Bytes::Allocate(size));
  EK_TRY(DecodeBase64(base64, der.mutable_view()));
  return der;
}

Outcome<Bytes> ReadCertificateFile(const std::string& path) {
  EK_TRY_ASSIGN(const Bytes file, At(path, files::ReadFile(path, kMaxCertificateFile)));
  return At(path, DerOf(file.view()));
}

// Both borrow from `file`.
struct OpenedTransfer {
  Bytes file;
  SignedTransfer both;
  Transfer transfer;
};

Outcome<OpenedTransfer> OpenTransfer(const std::string& path) {
  OpenedTransfer opened;
  EK_TRY_ASSIGN(opened.file, At(path, files::ReadFile(path, formats::kMaxSignedTransfer)));
  EK_TRY_ASSIGN(opened.both, At(path, formats::DecodeSignedTransfer(opened.file.view())));
  EK_TRY_ASSIGN(opened.transfer, At(path, formats::DecodeTransfer(opened.both.payload)));
  return opened;
}

Result<Bytes> EncodeToSign(TransferSide side, ByteView payload) {
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(formats::kMaxTransferToSign));
  CborWriter out(bytes.mutable_view());
  EK_TRY(formats::EncodeTransferToSign(side, payload, out));
  bytes.Truncate(out.written().size());
  return bytes;
}

Result<Bytes> EncodeBoth(const SignedTransfer& both) {
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(formats::kMaxSignedTransfer));
  CborWriter out(bytes.mutable_view());
  EK_TRY(formats::EncodeSignedTransfer(both, out));
  bytes.Truncate(out.written().size());
  return bytes;
}

Status CheckWord(const Context& context, ports::OwnerCertificates& certificates, TransferSide side, ByteView authority,
                 const SignedTransfer& both) {
  const auto& word = side == TransferSide::kGiver ? both.giver : both.taker;
  EK_TRY_ASSIGN(const Bytes to_sign, EncodeToSign(side, both.payload));
  return certificates.CheckStatement({.message = to_sign.view(),
                                      .signature = word->signature,
                                      .authority = authority,
                                      .certificates = word->certificates.view(),
                                      .now = context.now});
}

// The common words speak of publishers.
Failure RefusedWord(const Error& error, const std::string& path) {
  if (error.code() != ErrorCode::kUntrusted) return Describe(error, path);
  return {ErrorCode::kUntrusted, "signed by nobody whom the authority stands behind", path,
          "have its own key sign, or name the signer's certificate by --signer, then those above it"};
}

// The giver's is named by its digest alone.
Outcome<Bytes> ReadGiver(const Context& context, const std::string& path, const Transfer& transfer) {
  EK_TRY_ASSIGN(Bytes der, ReadCertificateFile(path));
  EK_TRY_ASSIGN(const Digest digest, At(path, crypto::Sha256(context.provider, {der.view()})));
  if (digest == transfer.from) return der;
  return Failure{ErrorCode::kUntrusted, "not the authority that gives the device away", path,
                 "name the certificate of the owner whom the transfer names"};
}

std::vector<std::string> DescribeTransfer(const Transfer& transfer, const Digest& to) {
  std::vector<std::string> lines = {
      "device " + std::string(ToHex(transfer.device.view()).view()),
      "goes from authority " + std::string(ToHex(transfer.from.view()).view()),
      "to authority " + std::string(ToHex(to.view()).view()),
      "change " + std::to_string(transfer.number) + " of its owner",
      "from " + DateTimeText(transfer.issued_at) + " to " + DateTimeText(transfer.not_after)};
  lines.emplace_back(transfer.licences == formats::LicencesHandedOver::kTransferable
                         ? "licences that are transferable stay, others end"
                         : "all licences end");
  lines.emplace_back(transfer.values == formats::ValuesHandedOver::kAll ? "what applications stored stays"
                                                                        : "what applications stored is deleted");
  if (!transfer.server.empty()) lines.push_back("EST server " + std::string(transfer.server));
  return lines;
}

}  // namespace

Outcome<Bytes> ProposeTransfer(const Context& context, ports::OwnerCertificates& certificates,
                               const TransferTerms& terms) {
  EK_TRY_ASSIGN(const Bytes from, ReadCertificateFile(terms.from));
  EK_TRY_ASSIGN(const Bytes to, ReadCertificateFile(terms.to));
  EK_TRY(At(terms.from, certificates.CheckAuthority(from.view())));
  EK_TRY(At(terms.to, certificates.CheckAuthorityAt(to.view(), context.now)));
  Transfer transfer{.device = terms.device,
                    .from = {},
                    .to = to.view(),
                    .number = terms.number,
                    .issued_at = context.now,
                    .not_after = terms.until,
                    .licences = terms.licences,
                    .values = terms.values,
                    .server = terms.server};
  EK_TRY_ASSIGN(transfer.from, At(terms.from, crypto::Sha256(context.provider, {from.view()})));
  EK_TRY_ASSIGN(Bytes payload, At("transfer", Bytes::Allocate(formats::kMaxTransferSize)));
  CborWriter out(payload.mutable_view());
  EK_TRY(At("transfer", formats::EncodeTransfer(transfer, out)));
  return At("transfer", EncodeBoth({.payload = out.written(), .giver = {}, .taker = {}}));
}

Outcome<Bytes> ToSignOf(const std::string& path, TransferSide side) {
  EK_TRY_ASSIGN(const OpenedTransfer opened, OpenTransfer(path));
  return At(path, EncodeToSign(side, opened.both.payload));
}

Outcome<Bytes> WithWordOf(const Context& context, ports::OwnerCertificates& certificates, const std::string& path,
                          const OwnersWord& word) {
  EK_TRY_ASSIGN(const OpenedTransfer opened, OpenTransfer(path));
  EK_TRY_ASSIGN(const Bytes signature,
                At(word.signature, files::ReadFile(word.signature, formats::kMaxOwnerSignature)));
  std::vector<Bytes> kept;
  formats::OwnerSignature said{.certificates = {}, .signature = signature.view()};
  kept.reserve(word.certificates.size());
  for (const std::string& file : word.certificates) {
    EK_TRY_ASSIGN(Bytes der, ReadCertificateFile(file));
    kept.push_back(std::move(der));
    EK_TRY(At(file, said.certificates.PushBack(kept.back().view())));
  }
  SignedTransfer both = opened.both;
  const bool gives = word.side == TransferSide::kGiver;
  (gives ? both.giver : both.taker) = said;
  Bytes giver;
  if (gives) {
    EK_TRY_ASSIGN(giver, ReadGiver(context, word.authority, opened.transfer));
  }
  const ByteView authority = gives ? giver.view() : opened.transfer.to;
  const Status checked = CheckWord(context, certificates, word.side, authority, both);
  if (!checked) return RefusedWord(checked.error(), word.signature);
  return At(path, EncodeBoth(both));
}

Outcome<TransferReview> ReviewTransfer(const Context& context, ports::OwnerCertificates& certificates,
                                       const std::string& path, const std::string& from) {
  EK_TRY_ASSIGN(const OpenedTransfer opened, OpenTransfer(path));
  const SignedTransfer& both = opened.both;
  EK_TRY_ASSIGN(const Digest to, At(path, crypto::Sha256(context.provider, {opened.transfer.to})));
  TransferReview review{.lines = DescribeTransfer(opened.transfer, to),
                        .device = opened.transfer.device,
                        .number = opened.transfer.number};
  EK_TRY(At(path, certificates.CheckAuthority(opened.transfer.to)));
  if (both.giver) review.giver = Said::kUnverified;
  if (!from.empty()) {
    EK_TRY_ASSIGN(const Bytes giver, ReadGiver(context, from, opened.transfer));
    if (both.giver) {
      EK_TRY(At(path, CheckWord(context, certificates, TransferSide::kGiver, giver.view(), both)));
      review.giver = Said::kVerified;
    }
  }
  if (!both.taker) return review;
  EK_TRY(At(path, CheckWord(context, certificates, TransferSide::kTaker, opened.transfer.to, both)));
  review.taker = Said::kVerified;
  return review;
}

}  // namespace edgekeep::author
