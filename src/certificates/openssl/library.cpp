#include <array>
#include <new>
#include <string_view>

#include "edgekeep/certificates/openssl/owner_certificates.h"
#include "openssl_certificates.h"

namespace edgekeep::certificates {

Result<Certificate> ReadCertificate(OSSL_LIB_CTX* context, ByteView der) {
  if (der.size() > ports::kMaxOwnerCertificate) return Error(ErrorCode::kTooLarge, "certificate");
  X509* made = X509_new_ex(context, nullptr);
  if (made == nullptr) return crypto::Refuse(ErrorCode::kNoMemory, "certificate");
  const unsigned char* at = der.data();
  X509* const read = d2i_X509(&made, &at, static_cast<long>(der.size()));
  Certificate certificate(read != nullptr ? read : made);
  if (read == nullptr || at != der.data() + der.size()) return crypto::Refuse(ErrorCode::kMalformed, "certificate");
  return certificate;
}

Result<Bytes> ToDer(X509& certificate) {
  const int size = i2d_X509(&certificate, nullptr);
  if (size <= 0) return crypto::Refuse(ErrorCode::kInternal, "certificate");
  if (static_cast<std::size_t>(size) > ports::kMaxOwnerCertificate) return Error(ErrorCode::kTooLarge, "certificate");
  EK_TRY_ASSIGN(Bytes der, Bytes::Allocate(static_cast<std::size_t>(size)));
  unsigned char* at = der.mutable_view().data();
  if (i2d_X509(&certificate, &at) != size) return crypto::Refuse(ErrorCode::kInternal, "certificate");
  return der;
}

bool HasKey(const X509& certificate, ByteView point) noexcept {
  const EVP_PKEY* const key = X509_get0_pubkey(&certificate);
  std::array<char, 32> group{};
  std::array<std::uint8_t, 65> own{};
  std::size_t size = 0;
  const bool is_p256 = key != nullptr && EVP_PKEY_is_a(key, "EC") == 1 &&
                       EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1 &&
                       std::string_view(group.data(), size) == "prime256v1" &&
                       EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", own.data(), own.size(), &size) == 1;
  ERR_clear_error();
  return is_p256 && Equal(ByteView(own).first(size), point);
}

Result<Object> EvidenceAttribute() {
  Object object(OBJ_txt2obj(kEvidenceAttribute, 1));
  if (!object) return crypto::Refuse(ErrorCode::kNoMemory, "evidence");
  return object;
}

Status OpenSslCertificates::CheckAuthority(ByteView der) {
  EK_TRY_ASSIGN(const Certificate certificate, ReadCertificate(library_.context.get(), der));
  if (X509_check_ca(certificate.get()) == 1) return {};
  return crypto::Refuse(ErrorCode::kUntrusted, "authority: a certificate that is for no authority");
}

Result<std::unique_ptr<ports::OwnerCertificates>> NewOpenSslCertificates() {
  EK_TRY_ASSIGN(crypto::PrivateContext library, crypto::PrivateContext::Open());
  std::unique_ptr<ports::OwnerCertificates> certificates(new (std::nothrow) OpenSslCertificates(std::move(library)));
  if (!certificates) return Error(ErrorCode::kNoMemory, "OpenSSL");
  return certificates;
}

}  // namespace edgekeep::certificates
