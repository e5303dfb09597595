// The port's implementation, whose parts are in several files.
#pragma once
#include "edgekeep/ports/owner_certificates.h"
#include "handles.h"

namespace edgekeep::certificates {

class OpenSslCertificates final : public ports::OwnerCertificates {
 public:
  OpenSslCertificates(Context context, LoadedProvider provider) noexcept;

  Status CheckAuthority(ByteView certificate) override;
  Result<ports::RequestWishes> ReadWishes(ByteView csr_attributes) override;
  Result<Bytes> MakeRequest(const ports::RequestParts& parts, ports::RequestSigner& signer) override;
  Result<ports::CertificateChain> Judge(const ports::CertificateAnswer& answer) override;

 private:
  Context context_;  // first, so that it goes last
  LoadedProvider provider_;
};

}  // namespace edgekeep::certificates
