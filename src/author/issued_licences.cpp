#include "issued_licences.h"

#include <charconv>

#include "edgekeep/base/hex.h"
#include "edgekeep/files/read_file.h"
#include "kept_file.h"

namespace edgekeep::author {
namespace {

std::string DirectoryOf(const Publisher& publisher) {
  return publisher.directory() + "/issued";
}

// Names of products hold no underscore.
std::string PlaceOf(const Publisher& publisher, const formats::Licence& licence) {
  const ProductName& product = licence.product;
  return DirectoryOf(publisher) + "/" + std::string(ToHex(licence.device.view()).view()) + "__" +
         std::string(product.publisher()) + "__" + std::string(product.name());
}

// Zero where none was seen.
Outcome<UnixTime> LastRekey(const std::string& place) {
  constexpr std::size_t kMaxDigits = 20;
  const Result<Bytes> stored = files::ReadFile(place, kMaxDigits);
  if (!stored && stored.error().code() == ErrorCode::kNotFound) return UnixTime();
  if (!stored) return Describe(stored.error(), place);
  const std::string_view text = AsText(stored->view());
  const char* const end = text.data() + text.size();
  UnixTime last;
  const auto parsed = std::from_chars(text.data(), end, last.value);
  if (parsed.ec == std::errc() && parsed.ptr == end) return last;
  return Describe(Error(ErrorCode::kMalformed, "time of a rekey"), place);
}

}  // namespace

Done RememberIssued(const Publisher& publisher, const formats::Licence& licence) {
  return KeepFile(DirectoryOf(publisher), PlaceOf(publisher, licence), AsBytes(ToHex(licence.id.view()).view()));
}

Done CheckNotReplaced(const Publisher& publisher, const formats::Licence& licence, const std::string& path) {
  const std::string place = PlaceOf(publisher, licence);
  const Result<Bytes> last = files::ReadFile(place, 2 * formats::LicenceId::kSize);
  if (!last && last.error().code() == ErrorCode::kNotFound) return {};
  if (!last) return Describe(last.error(), place);
  const auto id = ToHex(licence.id.view());
  if (Equal(last->view(), AsBytes(id.view()))) return {};
  return Failure{ErrorCode::kForbidden, "the device was issued another licence of this product since", path,
                 "that one replaced it; ask the device again once it is installed, or issue a new one"};
}

Done CheckHasNewestKey(const Publisher& publisher, const VerifiedDevice& device, const std::string& path) {
  const std::string directory = publisher.directory() + "/rekeyed";
  const std::string place = directory + "/" + std::string(ToHex(device.id.view()).view());
  EK_TRY_ASSIGN(const UnixTime last, LastRekey(place));
  const UnixTime named = device.request.rekeyed_at.value_or(UnixTime());
  if (named == last) return {};
  if (last < named) return KeepFile(directory, place, AsBytes(std::to_string(named.value)));
  return Failure{ErrorCode::kForbidden, "from before this device's key was made anew", path,
                 "have the device make the request again; one whose store is new needs another order to rekey"};
}

}  // namespace edgekeep::author
