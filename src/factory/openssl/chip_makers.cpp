#include <charconv>
#include <cstring>

#include "handles.h"

namespace edgekeep::factory {
namespace {

// tcg-kp-EKCertificate, of TCG's profile for endorsement keys' certificates.
constexpr const char* kEndorsementUse = "2.23.133.8.1";
// tcg-at-tpmManufacturer, of the same.
constexpr const char* kManufacturer = "2.23.133.2.1";

bool IsForEndorsement(const X509& certificate) {
  const crypto::Owned<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> uses(
      static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(&certificate, NID_ext_key_usage, nullptr, nullptr)));
  for (int i = 0; uses && i < sk_ASN1_OBJECT_num(uses.get()); ++i) {
    std::array<char, 64> name{};
    OBJ_obj2txt(name.data(), static_cast<int>(name.size()), sk_ASN1_OBJECT_value(uses.get(), i), 1);
    if (std::strcmp(name.data(), kEndorsementUse) == 0) return true;
  }
  return false;
}

// For wrapping secrets, where the certificate says what for: a key of the chip's that signs is no endorsement key.
bool MayWrap(X509& certificate) {
  const std::uint32_t uses = X509_get_key_usage(&certificate);
  return (uses & (X509v3_KU_KEY_AGREEMENT | X509v3_KU_KEY_ENCIPHERMENT)) != 0;
}

// "id:49465800": four characters, in hexadecimal.
std::optional<std::uint32_t> ManufacturerOf(const X509_NAME& name) {
  const crypto::Owned<ASN1_OBJECT, ASN1_OBJECT_free> field(OBJ_txt2obj(kManufacturer, 1));
  const int at = field ? X509_NAME_get_index_by_OBJ(&name, field.get(), -1) : -1;
  if (at < 0) return std::nullopt;
  const ASN1_STRING* const value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(&name, at));
  const std::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                              static_cast<std::size_t>(ASN1_STRING_length(value)));
  std::uint32_t number = 0;
  if (text.size() != 11 || !text.starts_with("id:")) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data() + 3, text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::uint32_t> ManufacturerOf(const X509& certificate) {
  const crypto::Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DIRNAME) return ManufacturerOf(*name->d.directoryName);
  }
  return std::nullopt;
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
  if (!store->handle) return crypto::Refuse(ErrorCode::kNoMemory, "makers of chips");
  std::size_t count = 0;
  for (const std::string& pem : pems) {
    EK_TRY_ASSIGN(const std::vector<X509Handle> certificates, ReadPem(library, pem));
    for (const X509Handle& certificate : certificates) {
      if (++count > kMaxMakers) return Error(ErrorCode::kTooLarge, "makers of chips");
      if (X509_STORE_add_cert(store->handle.get(), certificate.get()) != 1) {
        return crypto::Refuse(ErrorCode::kMalformed, "makers of chips");
      }
    }
  }
  if (count == 0) return Error(ErrorCode::kNotFound, "makers of chips");
  return ChipMakers(library, std::move(store));
}

Result<VerifiedEndorsement> ChipMakers::VerifyEndorsement(ByteView der, UnixTime now) const {
  EK_TRY_ASSIGN(const X509Handle certificate, ReadDer(*library_, der));
  EK_TRY(VerifyChain(*library_, *store_->handle, *certificate, &now));
  // A maker's own certificate is believed by itself, and is none of a chip.
  if (X509_check_ca(certificate.get()) != 0)
    return crypto::Refuse(ErrorCode::kUntrusted, "certificate: an authority's");
  if (!IsForEndorsement(*certificate) || !MayWrap(*certificate)) {
    return crypto::Refuse(ErrorCode::kUntrusted, "certificate: not of an endorsement key");
  }
  VerifiedEndorsement verified;
  EK_TRY_ASSIGN(verified.key, PointOf(*certificate));
  verified.manufacturer = ManufacturerOf(*certificate);
  ERR_clear_error();
  return verified;
}

}  // namespace edgekeep::factory
