#include "licensor_keys.h"

#include "edgekeep/files/read_file.h"
#include "key_names.h"

namespace edgekeep::author {
namespace {

// Far more than a key file has.
constexpr std::size_t kMaxEpochFile = 65536;

// Of these bytes, whenever they are opened: anything else may go right the next time.
bool IsLasting(ErrorCode code) {
  return code == ErrorCode::kDenied || code == ErrorCode::kMalformed || code == ErrorCode::kUnsupported ||
         code == ErrorCode::kWrongProduct;
}

}  // namespace

Outcome<const EpochKeys*> KeysForOnce::EpochsOf(const Context& context, const ProductName& product) {
  const auto open = made_ == NewProducts::kMade ? &EpochKeys::OpenOrCreate : &EpochKeys::Open;
  EK_TRY_ASSIGN(EpochKeys opened, open(context, publisher_, product, passphrase_));
  return &epochs_.emplace(std::move(opened));
}

Outcome<const HolderKeys*> KeysForOnce::Licensor(const Context& context) {
  EK_TRY_ASSIGN(HolderKeys opened, publisher_.OpenLicensor(context, passphrase_));
  return &licensor_.emplace(std::move(opened));
}

Outcome<KeptKeys> KeptKeys::Open(const Context& context, const Publisher& publisher, const SecretBytes& passphrase) {
  EK_TRY_ASSIGN(HolderKeys licensor, publisher.OpenLicensor(context, passphrase));
  return KeptKeys(publisher, passphrase, std::move(licensor));
}

Outcome<const EpochKeys*> KeptKeys::EpochsOf(const Context& context, const ProductName& product) {
  const std::string path = EpochKeyPath(publisher_->directory(), product);
  EK_TRY_ASSIGN(Bytes file, At(path, files::ReadFile(path, kMaxEpochFile)));
  auto kept = epochs_.find(std::string(product.view()));
  if (kept == epochs_.end() || !Equal(kept->second.file.view(), file.view())) {
    Kept opened{.file = std::move(file), .keys = EpochKeys::Open(context, *publisher_, product, *passphrase_)};
    if (!opened.keys && !IsLasting(opened.keys.error().code)) return opened.keys.error();
    kept = epochs_.insert_or_assign(std::string(product.view()), std::move(opened)).first;
  }
  if (!kept->second.keys) return kept->second.keys.error();
  return &*kept->second.keys;
}

Outcome<const HolderKeys*> KeptKeys::Licensor(const Context& /*context*/) {
  return &licensor_;
}

}  // namespace edgekeep::author
