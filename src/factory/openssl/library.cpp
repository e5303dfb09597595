#include "handles.h"

namespace edgekeep::factory {

// OpenSSL's word for 112 bits: no SHA-1, no RSA of less than 2048 bits, in any certificate but the one believed.
constexpr int kAuthLevel = 2;

X509Library::X509Library(std::unique_ptr<OpenSsl> parts) noexcept : parts_(std::move(parts)) {}

X509Library::X509Library(X509Library&&) noexcept = default;
X509Library::~X509Library() = default;

Result<X509Library> X509Library::Open() {
  EK_TRY_ASSIGN(crypto::PrivateContext own, crypto::PrivateContext::Open());
  auto parts = std::make_unique<OpenSsl>(OpenSsl{std::move(own)});
  return X509Library(std::move(parts));
}

Result<X509Handle> ReadDer(const X509Library& library, ByteView der) {
  X509* made = X509_new_ex(library.parts().context.get(), nullptr);
  const unsigned char* at = der.data();
  if (made == nullptr) return crypto::Refuse(ErrorCode::kNoMemory, "certificate");
  X509* const read = d2i_X509(&made, &at, static_cast<long>(der.size()));
  X509Handle certificate(read != nullptr ? read : made);
  if (read == nullptr || at != der.data() + der.size()) return crypto::Refuse(ErrorCode::kMalformed, "certificate");
  return certificate;
}

namespace {

std::size_t CountOf(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + what.size())) ++count;
  return count;
}

}  // namespace

Result<std::vector<X509Handle>> ReadPem(const X509Library& library, const std::string& pem) {
  const BioHandle in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!in) return crypto::Refuse(ErrorCode::kNoMemory, "certificate");
  std::vector<X509Handle> all;
  while (true) {
    X509* made = X509_new_ex(library.parts().context.get(), nullptr);
    X509* const read = PEM_read_bio_X509(in.get(), &made, nullptr, nullptr);
    X509Handle certificate(read != nullptr ? read : made);
    if (read == nullptr) break;
    all.push_back(std::move(certificate));
  }
  ERR_clear_error();
  // A block that could not be read ends it all: what stands behind it would be left out and not be missed.
  if (all.empty() || all.size() != CountOf(pem, "-----BEGIN") || all.size() != CountOf(pem, "-----END")) {
    return Error(ErrorCode::kMalformed, "certificate: PEM");
  }
  return all;
}

Result<Bytes> ToDer(X509& certificate) {
  const int size = i2d_X509(&certificate, nullptr);
  if (size <= 0) return crypto::Refuse(ErrorCode::kInternal, "certificate");
  EK_TRY_ASSIGN(Bytes der, Bytes::Allocate(static_cast<std::size_t>(size)));
  unsigned char* at = der.mutable_view().data();
  if (i2d_X509(&certificate, &at) != size) return crypto::Refuse(ErrorCode::kInternal, "certificate");
  return der;
}

Result<Bytes> PointOf(const X509& certificate) {
  EVP_PKEY* const key = X509_get0_pubkey(&certificate);
  std::array<char, 32> group{};
  std::array<std::uint8_t, 65> point{};
  std::size_t size = 0;
  const bool is_p256 =
      key != nullptr && EVP_PKEY_is_a(key, "EC") == 1 &&
      EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1 &&
      std::string_view(group.data(), size) == "prime256v1" &&
      EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", point.data(), point.size(), &size) == 1 &&
      size == point.size() && point[0] == 4;
  if (!is_p256) return crypto::Refuse(ErrorCode::kUnsupported, "certificate: not a key of P-256");
  return Bytes::Copy(point);
}

Result<crypto::Pkey> ToPkey(const X509Library& library, ByteView point) {
  const crypto::PkeyContext context(EVP_PKEY_CTX_new_from_name(library.parts().context.get(), "EC", nullptr));
  char group[] = "prime256v1";
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string("group", group, 0),
      OSSL_PARAM_construct_octet_string("pub", const_cast<std::uint8_t*>(point.data()), point.size()),  // NOLINT
      OSSL_PARAM_construct_end()};
  EVP_PKEY* key = nullptr;
  const bool is_made = context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                       EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1;
  crypto::Pkey owned(key);
  if (!is_made) return crypto::Refuse(ErrorCode::kMalformed, "a key that is no point of P-256");
  return owned;
}

Status VerifyChain(const X509Library& library, X509_STORE& store, X509& certificate, const UnixTime* now) {
  const StoreContext context(X509_STORE_CTX_new_ex(library.parts().context.get(), nullptr));
  if (!context || X509_STORE_CTX_init(context.get(), &store, &certificate, nullptr) != 1) {
    return crypto::Refuse(ErrorCode::kNoMemory, "certificate");
  }
  X509_VERIFY_PARAM* const how = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_PARTIAL_CHAIN | (now == nullptr ? X509_V_FLAG_NO_CHECK_TIME : 0));
  X509_VERIFY_PARAM_set_depth(how, 4);
  X509_VERIFY_PARAM_set_auth_level(how, kAuthLevel);
  if (now != nullptr) X509_VERIFY_PARAM_set_time(how, static_cast<time_t>(now->value));
  if (X509_verify_cert(context.get()) != 1)
    return crypto::Refuse(ErrorCode::kUntrusted, "certificate: issued by nobody known");
  return {};
}

Result<std::string> ToPem(const X509Library& library, ByteView der) {
  EK_TRY_ASSIGN(const X509Handle certificate, ReadDer(library, der));
  const BioHandle out(BIO_new(BIO_s_mem()));
  char* text = nullptr;
  if (!out || PEM_write_bio_X509(out.get(), certificate.get()) != 1)
    return crypto::Refuse(ErrorCode::kNoMemory, "certificate");
  const long size = BIO_get_mem_data(out.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace edgekeep::factory
