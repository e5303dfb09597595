// The port's implementation, whose parts are in several files.
#pragma once
#include "edgekeep/ports/owner_certificates.h"
#include "handles.h"

namespace edgekeep::certificates {

class OpenSslCertificates final : public ports::OwnerCertificates {
 public:
  explicit OpenSslCertificates(crypto::PrivateContext library) noexcept : library_(std::move(library)) {}

  Status CheckAuthority(ByteView certificate) override;
  Result<ports::RequestWishes> ReadWishes(ByteView csr_attributes) override;
  Result<Bytes> MakeRequest(const ports::RequestParts& parts, ports::RequestSigner& signer) override;
  Result<ports::CertificateChain> Judge(const ports::CertificateAnswer& answer) override;
  Status CheckAuthorityAt(ByteView certificate, UnixTime now) override;
  Status CheckStatement(const ports::OwnerStatement& statement) override;

 private:
  crypto::PrivateContext library_;
};

}  // namespace edgekeep::certificates
