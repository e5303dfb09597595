// AttestationBundle (draft-ietf-lamps-csr-attestation): what attests in a request, and what a server wants attested.
// One statement, a conceptual message in CBOR (RFC 9999).
#include "bundle.h"

#include <array>

#include "edgekeep/base/cbor_reader.h"
#include "edgekeep/base/cbor_writer.h"

namespace edgekeep::certificates {
namespace {

// AttestationStatement is a number and what that number says: so is AlgorithmIdentifier, which OpenSSL knows.
using Statement = crypto::Owned<X509_ALGOR, X509_ALGOR_free>;
using Text = crypto::Owned<ASN1_STRING, ASN1_STRING_free>;

void FreeStatements(X509_ALGORS* statements) noexcept {
  sk_X509_ALGOR_pop_free(statements, X509_ALGOR_free);
}

void FreeBorrowedValues(ASN1_SEQUENCE_ANY* values) noexcept {
  sk_ASN1_TYPE_free(values);
}

using Statements = crypto::Owned<X509_ALGORS, FreeStatements>;

constexpr const char* kConceptualMessage = "1.3.6.1.5.5.7.1.35";  // id-pe-cmw
constexpr std::uint64_t kIndicatesEvidence = 1U << 2;
constexpr std::size_t kHead = 64;  // of a conceptual message, before its bytes and behind them

Error NoBundle() {
  return crypto::Refuse(ErrorCode::kInternal, "attestation bundle");
}

Error NoBundleRead() {
  return crypto::Refuse(ErrorCode::kMalformed, "csrattrs: evidence without one challenge");
}

Result<Bytes> EncodeMessage(std::string_view type, ByteView message) {
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(message.size() + kHead));
  CborWriter out(bytes.mutable_view());
  EK_TRY(out.Array(3));
  EK_TRY(out.Text(type));
  EK_TRY(out.ByteString(message));
  EK_TRY(out.Unsigned(kIndicatesEvidence));
  bytes.Truncate(out.written().size());
  return bytes;
}

Result<ByteView> ReadMessage(std::string_view type, ByteView bytes) {
  CborReader in(bytes);
  EK_TRY_ASSIGN(const std::size_t size, in.ReadArray());
  if (size != 2 && size != 3) return NoBundleRead();
  EK_TRY(in.ExpectText(type));
  EK_TRY_ASSIGN(const ByteView message, in.ReadByteString());
  if (size == 3) EK_TRY(in.ReadUnsigned());
  EK_TRY(in.ExpectEnd());
  if (message.empty()) return NoBundleRead();
  return message;
}

Result<Text> ToText(ByteView bytes) {
  Text text(ASN1_OCTET_STRING_new());
  const bool is_set = text && ASN1_OCTET_STRING_set(text.get(), bytes.data(), static_cast<int>(bytes.size())) == 1;
  if (!is_set) return NoBundle();
  return text;
}

Result<Bytes> TakeEncoded(unsigned char* encoded, int size) {
  if (size <= 0) return NoBundle();
  Result<Bytes> copy = Bytes::Copy({encoded, static_cast<std::size_t>(size)});
  OPENSSL_free(encoded);
  return copy;
}

// SEQUENCE OF AttestationStatement.
Result<Bytes> EncodeStatements(ByteView message) {
  EK_TRY_ASSIGN(Text text, ToText(message));
  Object type(OBJ_txt2obj(kConceptualMessage, 1));
  Statement statement(X509_ALGOR_new());
  const Statements all(sk_X509_ALGOR_new_null());
  const bool is_made =
      type && statement && all && X509_ALGOR_set0(statement.get(), type.get(), V_ASN1_OCTET_STRING, text.get()) == 1;
  if (!is_made) return NoBundle();
  // The statement owns both now.
  static_cast<void>(type.release());
  static_cast<void>(text.release());
  if (sk_X509_ALGOR_push(all.get(), statement.get()) <= 0) return NoBundle();
  static_cast<void>(statement.release());
  unsigned char* encoded = nullptr;
  const int size = i2d_X509_ALGORS(all.get(), &encoded);
  return TakeEncoded(encoded, size);
}

// What the one statement of `values`, a bundle's parts, says.
Result<ByteView> MessageIn(const X509_ALGORS& statements) {
  if (sk_X509_ALGOR_num(&statements) != 1) return NoBundleRead();
  const ASN1_OBJECT* type = nullptr;
  const void* value = nullptr;
  int kind = 0;
  X509_ALGOR_get0(&type, &kind, &value, sk_X509_ALGOR_value(&statements, 0));
  const Object wanted(OBJ_txt2obj(kConceptualMessage, 1));
  if (!wanted || kind != V_ASN1_OCTET_STRING || OBJ_cmp(type, wanted.get()) != 0) return NoBundleRead();
  const auto* const text = static_cast<const ASN1_OCTET_STRING*>(value);
  return ByteView(ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text)));
}

}  // namespace

Result<Bytes> EncodeBundle(std::string_view type, ByteView message) {
  EK_TRY_ASSIGN(const Bytes encoded, EncodeMessage(type, message));
  EK_TRY_ASSIGN(const Bytes statements, EncodeStatements(encoded.view()));
  EK_TRY_ASSIGN(const Text text, ToText(statements.view()));
  ASN1_TYPE value{};
  value.type = V_ASN1_SEQUENCE;
  value.value.sequence = text.get();
  const crypto::Owned<ASN1_SEQUENCE_ANY, FreeBorrowedValues> parts(sk_ASN1_TYPE_new_null());
  if (!parts || sk_ASN1_TYPE_push(parts.get(), &value) <= 0) return NoBundle();
  unsigned char* bundle = nullptr;
  const int size = i2d_ASN1_SEQUENCE_ANY(parts.get(), &bundle);
  return TakeEncoded(bundle, size);
}

Result<Bytes> ReadBundle(std::string_view type, const ASN1_TYPE& bundle) {
  if (bundle.type != V_ASN1_SEQUENCE) return NoBundleRead();
  const unsigned char* at = ASN1_STRING_get0_data(bundle.value.sequence);
  const Values parts(d2i_ASN1_SEQUENCE_ANY(nullptr, &at, ASN1_STRING_length(bundle.value.sequence)));
  if (!parts || sk_ASN1_TYPE_num(parts.get()) < 1) return NoBundleRead();
  const ASN1_TYPE* const first = sk_ASN1_TYPE_value(parts.get(), 0);
  if (first->type != V_ASN1_SEQUENCE) return NoBundleRead();
  at = ASN1_STRING_get0_data(first->value.sequence);
  const Statements statements(d2i_X509_ALGORS(nullptr, &at, ASN1_STRING_length(first->value.sequence)));
  if (!statements) return NoBundleRead();
  EK_TRY_ASSIGN(const ByteView encoded, MessageIn(*statements));
  const Result<ByteView> message = ReadMessage(type, encoded);
  if (!message) return NoBundleRead();
  return Bytes::Copy(*message);
}

}  // namespace edgekeep::certificates
