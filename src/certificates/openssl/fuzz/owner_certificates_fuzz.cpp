// What a server wants, what it answers, and what is named as an authority: any bytes.
#include <cstdlib>

#include "edgekeep/certificates/openssl/owner_certificates.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  static const auto certificates = certificates::NewOpenSslCertificates().value();
  if (size < 70) return 0;
  const ByteView input(data, size), key = input.first(65), rest = input.subspan(65);
  static_cast<void>(certificates->ReadWishes(rest).has_value());
  static_cast<void>(certificates->CheckAuthority(rest).has_value());
  const ports::CertificateAnswer answer{
      .answer = rest, .others = rest, .authority = rest, .key = key, .serial = "device", .now = {1'800'000'000}};
  if (certificates->Judge(answer)) std::abort();
  const ports::OwnerStatement by_itself{
      .message = key, .signature = key, .authority = rest, .certificates = {}, .now = answer.now};
  const ports::OwnerStatement by_a_signer{
      .message = key, .signature = key, .authority = rest, .certificates = {&rest, 1}, .now = answer.now};
  if (certificates->CheckStatement(by_itself) || certificates->CheckStatement(by_a_signer)) std::abort();
  return 0;
}
