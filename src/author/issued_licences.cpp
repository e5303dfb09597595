#include "issued_licences.h"

#include "edgekeep/base/hex.h"
#include "edgekeep/files/new_directory.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/files/replace_file.h"

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

}  // namespace

Done RememberIssued(const Publisher& publisher, const formats::Licence& licence) {
  const std::string directory = DirectoryOf(publisher);
  EK_TRY(At(directory, files::EnsureDirectory(directory)));
  const std::string path = PlaceOf(publisher, licence);
  const auto id = ToHex(licence.id.view());
  const Status made = files::WriteNewFile(path, files::Access::kPrivate, AsBytes(id.view()));
  if (made) return {};
  if (made.error().code() != ErrorCode::kAlreadyExists) return Describe(made.error(), path);
  return At(path, files::ReplaceFile(path, files::Access::kPrivate, AsBytes(id.view())));
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

}  // namespace edgekeep::author
