#include "edgekeep/formats/transfer.h"

#include "edgekeep/formats/owner_credential.h"
#include "fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kTransferType = "edgekeep/transfer";
constexpr std::string_view kToSign = "edgekeep transfer v1";
constexpr std::size_t kMaxServerUrl = 255;
constexpr std::int64_t kServer = 9;
constexpr std::int64_t kGiverSigned = 2, kTakerSigned = 3;

Status CheckAuthorityCertificate(ByteView certificate) {
  if (certificate.empty()) return Malformed("transfer: certificate");
  return CheckLimit(certificate, kMaxOwnerCertificateSize);
}

Status CheckServer(std::string_view server) {
  if (server.size() > kMaxServerUrl) return Error(ErrorCode::kTooLarge, "transfer: server");
  return server.empty() || IsPrintable(server) ? Status() : Malformed("transfer: server");
}

Status CheckTransfer(const Transfer& transfer) {
  EK_TRY(CheckAuthorityCertificate(transfer.to));
  if (transfer.number == 0) return Malformed("transfer: number 0");
  EK_TRY(CheckTime(transfer.not_after));
  if (transfer.not_after <= transfer.issued_at) return Malformed("transfer: over before it was issued");
  if (transfer.not_after.value - transfer.issued_at.value > kMaxTransferTerm)
    return Malformed("transfer: for more than a year");
  EK_TRY(CheckEnum(transfer.licences, LicencesHandedOver::kNone));
  EK_TRY(CheckEnum(transfer.values, ValuesHandedOver::kNone));
  return CheckServer(transfer.server);
}

Status CheckOwnerSignature(const std::optional<OwnerSignature>& signature) {
  if (!signature) return {};
  for (const ByteView certificate : signature->certificates) EK_TRY(CheckAuthorityCertificate(certificate));
  if (signature->signature.empty()) return Malformed("transfer: signature");
  return CheckLimit(signature->signature, kMaxOwnerSignature);
}

Status CheckSignedTransfer(const SignedTransfer& transfer) {
  if (transfer.payload.empty()) return Malformed("transfer: payload");
  EK_TRY(CheckLimit(transfer.payload, kMaxTransferSize));
  EK_TRY(CheckOwnerSignature(transfer.giver));
  return CheckOwnerSignature(transfer.taker);
}

Result<std::optional<OwnerSignature>> ReadOwnerSignature(FieldReader& outer, std::int64_t key, CborReader& in) {
  EK_TRY_ASSIGN(const bool is_there, outer.Has(key));
  if (!is_there) return std::optional<OwnerSignature>();
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  OwnerSignature signature;
  EK_TRY(fields.At(1));
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const ByteView certificate, in.ReadByteString());
    EK_TRY(signature.certificates.PushBack(certificate));
  }
  EK_TRY_ASSIGN(signature.signature, fields.ByteString(2));
  EK_TRY(fields.End());
  return std::optional(signature);
}

Status WriteOwnerSignature(FieldWriter& outer, std::int64_t key, const std::optional<OwnerSignature>& signature,
                           CborWriter& out) {
  if (!signature) return {};
  EK_TRY(outer.At(key));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.At(1));
  EK_TRY(out.Array(signature->certificates.size()));
  for (const ByteView certificate : signature->certificates) EK_TRY(out.ByteString(certificate));
  return fields.ByteString(2, signature->signature);
}

Status CheckEnded(const TransferAnswer& answer) {
  for (const ProductName& product : answer.ended) EK_TRY(CheckProduct(product));
  return {};
}

}  // namespace

Result<Transfer> DecodeTransfer(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxTransferSize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  Transfer transfer{};
  EK_TRY_ASSIGN(transfer.device, fields.IdOf<DeviceId>(1));
  EK_TRY_ASSIGN(transfer.from, fields.IdOf<Digest>(2));
  EK_TRY_ASSIGN(transfer.to, fields.ByteString(3));
  EK_TRY_ASSIGN(transfer.number, fields.Unsigned<std::uint64_t>(4));
  EK_TRY_ASSIGN(transfer.issued_at, fields.NumberOf<UnixTime>(5));
  EK_TRY_ASSIGN(transfer.not_after, fields.NumberOf<UnixTime>(6));
  EK_TRY_ASSIGN(transfer.licences, fields.EnumOf<LicencesHandedOver>(7));
  EK_TRY_ASSIGN(transfer.values, fields.EnumOf<ValuesHandedOver>(8));
  EK_TRY_ASSIGN(const bool has_server, fields.Has(kServer));
  if (has_server) {
    EK_TRY_ASSIGN(transfer.server, in.ReadText());
    if (transfer.server.empty()) return Malformed("transfer: server");
  }
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(CheckTransfer(transfer));
  return transfer;
}

Status EncodeTransfer(const Transfer& transfer, CborWriter& out) {
  EK_TRY(CheckTransfer(transfer));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, transfer.server.empty() ? 8 : 9));
  EK_TRY(fields.ByteString(1, transfer.device.view()));
  EK_TRY(fields.ByteString(2, transfer.from.view()));
  EK_TRY(fields.ByteString(3, transfer.to));
  EK_TRY(fields.Unsigned(4, transfer.number));
  EK_TRY(fields.Unsigned(5, transfer.issued_at.value));
  EK_TRY(fields.Unsigned(6, transfer.not_after.value));
  EK_TRY(fields.Unsigned(7, std::to_underlying(transfer.licences)));
  EK_TRY(fields.Unsigned(8, std::to_underlying(transfer.values)));
  return transfer.server.empty() ? Status() : fields.Text(kServer, transfer.server);
}

Result<SignedTransfer> DecodeSignedTransfer(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxSignedTransfer));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kTransferType));
  SignedTransfer transfer;
  EK_TRY_ASSIGN(transfer.payload, fields.ByteString(1));
  EK_TRY_ASSIGN(transfer.giver, ReadOwnerSignature(fields, kGiverSigned, in));
  EK_TRY_ASSIGN(transfer.taker, ReadOwnerSignature(fields, kTakerSigned, in));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(CheckSignedTransfer(transfer));
  return transfer;
}

Status EncodeSignedTransfer(const SignedTransfer& transfer, CborWriter& out) {
  EK_TRY(CheckSignedTransfer(transfer));
  const std::size_t pairs = 2U + (transfer.giver ? 1U : 0U) + (transfer.taker ? 1U : 0U);
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, pairs));
  EK_TRY(fields.Text(kTypeKey, kTransferType));
  EK_TRY(fields.ByteString(1, transfer.payload));
  EK_TRY(WriteOwnerSignature(fields, kGiverSigned, transfer.giver, out));
  return WriteOwnerSignature(fields, kTakerSigned, transfer.taker, out);
}

Status EncodeTransferToSign(TransferSide side, ByteView payload, CborWriter& out) {
  EK_TRY(out.Array(3));
  EK_TRY(out.Text(kToSign));
  EK_TRY(out.Unsigned(std::to_underlying(side)));
  return out.ByteString(payload);
}

Result<TransferAnswer> DecodeTransferAnswer(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxTransferAnswer));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  TransferAnswer answer;
  EK_TRY_ASSIGN(answer.number, fields.Unsigned<std::uint64_t>(1));
  EK_TRY(fields.At(2));
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const std::string_view text, in.ReadText());
    EK_TRY_ASSIGN(const ProductName product, ProductName::Parse(text));
    EK_TRY(answer.ended.PushBack(product));
  }
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(CheckEnded(answer));
  return answer;
}

Status EncodeTransferAnswer(const TransferAnswer& answer, CborWriter& out) {
  EK_TRY(CheckEnded(answer));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.Unsigned(1, answer.number));
  EK_TRY(fields.At(2));
  EK_TRY(out.Array(answer.ended.size()));
  for (const ProductName& product : answer.ended) EK_TRY(out.Text(product.view()));
  return {};
}

}  // namespace edgekeep::formats
