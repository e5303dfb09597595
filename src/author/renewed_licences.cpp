#include "renewed_licences.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "edgekeep/base/hex.h"
#include "edgekeep/files/descriptor.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"
#include "kept_file.h"

namespace edgekeep::author {
namespace {

constexpr std::size_t kMaxRenewedFile = KeyId::kSize + formats::kMaxLicenceSize;

std::string RenewedDirectory(const Publisher& publisher) {
  return publisher.directory() + "/renewed";
}

std::string RenewedPath(const Publisher& publisher, const formats::LicenceId& id) {
  return RenewedDirectory(publisher) + "/" + std::string(ToHex(id.view()).view());
}

// Signed it has to be: whoever writes into the directory without having the keys has no terms renewed of their own.
Result<RenewedLicence> ParseRenewed(const Context& context, const Publisher& publisher, Bytes file) {
  if (file.size() <= KeyId::kSize) return Error(ErrorCode::kMalformed, "renewed licence");
  RenewedLicence renewed{.file = std::move(file), .kem = {}, .bytes = {}, .licence = {}};
  EK_TRY_ASSIGN(renewed.kem, KeyId::From(renewed.file.view().first(KeyId::kSize)));
  renewed.bytes = renewed.file.view().subspan(KeyId::kSize);
  const formats::TrustBundle& bundle = publisher.trust();
  EK_TRY_ASSIGN(const sealing::VerifiedPayload payload,
                sealing::VerifyObject(context.provider, formats::typ::kLicence, renewed.bytes, bundle.licensors.view(),
                                      bundle.required_classes.view()));
  EK_TRY_ASSIGN(renewed.licence, formats::DecodeLicence(payload.payload()));
  return renewed;
}

}  // namespace

Outcome<std::optional<RenewedLicence>> LastRenewed(const Context& context, const Publisher& publisher,
                                                   const formats::LicenceId& id) {
  const std::string path = RenewedPath(publisher, id);
  Result<Bytes> file = files::ReadFile(path, kMaxRenewedFile);
  if (!file && file.error().code() == ErrorCode::kNotFound) return std::optional<RenewedLicence>();
  if (!file) return Describe(file.error(), path);
  EK_TRY_ASSIGN(RenewedLicence renewed, At(path, ParseRenewed(context, publisher, *std::move(file))));
  if (renewed.licence.id == id) return std::optional(std::move(renewed));
  return Describe(Error(ErrorCode::kMalformed, "renewed licence: of another id"), path);
}

Done SyncRenewed(const Publisher& publisher) {
  const std::string path = RenewedDirectory(publisher);
  const files::Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.valid() && ::fsync(directory.get()) == 0) return {};
  return Describe(files::FromErrno(errno, "sync"), path);
}

Done RememberRenewed(const Publisher& publisher, const formats::LicenceId& id, const KeyId& kem, ByteView licence) {
  const std::string path = RenewedPath(publisher, id);
  EK_TRY_ASSIGN(Bytes file, At(path, Bytes::Allocate(KeyId::kSize + licence.size())));
  std::ranges::copy(kem.view(), file.mutable_view().begin());
  std::ranges::copy(licence, file.mutable_view().begin() + KeyId::kSize);
  return KeepFile(RenewedDirectory(publisher), path, file.view());
}

}  // namespace edgekeep::author
