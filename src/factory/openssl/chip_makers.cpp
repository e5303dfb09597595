#include <cstring>

#include "handles.h"

namespace edgekeep::factory {
namespace {

// tcg-kp-EKCertificate, of TCG's profile for endorsement keys' certificates.
constexpr const char* kEndorsementUse = "2.23.133.8.1";

bool IsForEndorsement(const X509& certificate) {
  const Handle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> uses(
      static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(&certificate, NID_ext_key_usage, nullptr, nullptr)));
  for (int i = 0; uses && i < sk_ASN1_OBJECT_num(uses.get()); ++i) {
    std::array<char, 64> name{};
    OBJ_obj2txt(name.data(), static_cast<int>(name.size()), sk_ASN1_OBJECT_value(uses.get(), i), 1);
    if (std::strcmp(name.data(), kEndorsementUse) == 0) return true;
  }
  return false;
}

}  // namespace

struct ChipMakers::Store {
  StoreHandle handle;
};

ChipMakers::ChipMakers(const X509Library& library, std::unique_ptr<Store> store) noexcept
    : library_(&library), store_(std::move(store)) {}

ChipMakers::ChipMakers(ChipMakers&&) noexcept = default;
ChipMakers::~ChipMakers() = default;

Result<ChipMakers> ChipMakers::Parse(const X509Library& library, const std::vector<std::string>& pems) {
  auto store = std::make_unique<Store>();
  store->handle.reset(X509_STORE_new());
  if (!store->handle) return Refused(ErrorCode::kNoMemory, "makers of chips");
  std::size_t count = 0;
  for (const std::string& pem : pems) {
    EK_TRY_ASSIGN(const std::vector<X509Handle> certificates, ReadPem(library, pem));
    for (const X509Handle& certificate : certificates) {
      if (++count > kMaxMakers) return Error(ErrorCode::kTooLarge, "makers of chips");
      if (X509_STORE_add_cert(store->handle.get(), certificate.get()) != 1) {
        return Refused(ErrorCode::kMalformed, "makers of chips");
      }
    }
  }
  if (count == 0) return Error(ErrorCode::kNotFound, "makers of chips");
  return ChipMakers(library, std::move(store));
}

Result<Bytes> ChipMakers::VerifyEndorsement(ByteView der, UnixTime now) const {
  EK_TRY_ASSIGN(const X509Handle certificate, ReadDer(*library_, der));
  EK_TRY(VerifyChain(*library_, *store_->handle, *certificate, &now));
  // A maker's own certificate is believed by itself, and is none of a chip.
  if (X509_check_ca(certificate.get()) != 0) return Refused(ErrorCode::kUntrusted, "certificate: an authority's");
  if (!IsForEndorsement(*certificate)) return Refused(ErrorCode::kUntrusted, "certificate: not of an endorsement key");
  return PointOf(*certificate);
}

}  // namespace edgekeep::factory
