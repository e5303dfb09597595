#include "edgekeep/author/retirement.h"

#include <sys/stat.h>

#include <cerrno>

#include "ceremony_entries.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/files/new_directory.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/retirement.h"
#include "edgekeep/release/retirement.h"
#include "licensor_lock.h"
#include "retired_devices.h"

namespace edgekeep::author {
namespace {

std::string RetiredDirectory(const Publisher& publisher) {
  return publisher.directory() + "/retired";
}

std::string RetiredPath(const Publisher& publisher, const DeviceId& device) {
  return RetiredDirectory(publisher) + "/" + std::string(ToHex(device.view()).view());
}

Outcome<Bytes> ReadCertificate(const std::string& path) {
  return At(path, files::ReadFile(path, formats::kMaxSignedRetirement));
}

Outcome<std::vector<CeremonyContent>> RetirementContents(const Context& context, const std::string& certificate,
                                                         const std::string& reason) {
  EK_TRY_ASSIGN(const RetiredDevice retired, VerifyRetirementFile(context, certificate, nullptr));
  formats::Retirement content{.kind = formats::RetiredKind::kDevice, .id = {}, .reason = reason};
  EK_TRY_ASSIGN(content.id, At(certificate, Digest::From(retired.device.view())));
  EK_TRY_ASSIGN(Bytes bytes, At(certificate, Bytes::Allocate(formats::kMaxLogContentSize)));
  CborWriter writer(bytes.mutable_view());
  EK_TRY(At("--reason", formats::EncodeRetirement(content, writer)));
  bytes.Truncate(writer.written().size());
  std::vector<CeremonyContent> contents;
  contents.push_back({"retirement", std::move(bytes)});
  return contents;
}

}  // namespace

Outcome<RetiredDevice> VerifyRetirementFile(const Context& context, const std::string& certificate,
                                            const OrderTrust* trust) {
  EK_TRY_ASSIGN(const Bytes bytes, ReadCertificate(certificate));
  EK_TRY_ASSIGN(const release::VerifiedRetirement verified,
                At(certificate, release::VerifyRetirement(context.provider, bytes.view())));
  if (trust != nullptr)
    EK_TRY(VerifyGivenOrder(context, verified.order_object(), *trust, "the order in the certificate"));
  return RetiredDevice{.device = verified.device(),
                       .retired_at = verified.retired_at(),
                       .order = verified.order().sequence,
                       .has_evidence = !verified.evidence().empty(),
                       .was_given = trust != nullptr};
}

Outcome<RetiredDevice> RememberRetired(const Context& context, const Publisher& publisher,
                                       const std::string& certificate) {
  EK_TRY_ASSIGN(const RetiredDevice retired, VerifyRetirementFile(context, certificate, nullptr));
  EK_TRY_ASSIGN(const Bytes bytes, ReadCertificate(certificate));
  EK_TRY_ASSIGN(const FileLock lock, LockLicences(context, publisher));
  const std::string directory = RetiredDirectory(publisher);
  EK_TRY(At(directory, files::EnsureDirectory(directory)));
  const std::string path = RetiredPath(publisher, retired.device);
  const Status written = files::WriteNewFile(path, files::Access::kPrivate, bytes.view());
  if (!written && written.error().code() != ErrorCode::kAlreadyExists) return Describe(written.error(), path);
  return retired;
}

// Any file of that name is one: whoever remembers verified it.
Done CheckNotRetired(const Publisher& publisher, const DeviceId& device, const std::string& path) {
  const std::string place = RetiredPath(publisher, device);
  const Result<Bytes> known = files::ReadFile(place, formats::kMaxSignedRetirement);
  if (!known && known.error().code() == ErrorCode::kNotFound) return {};
  return Failure{ErrorCode::kForbidden, "the device was retired, for good", path,
                 "its certificate is " + place + "; a device that still answers by this identity is a copy"};
}

Done SignRetirementEntry(const Context& context, const std::string& certificate, const std::string& reason,
                         const std::string& folder, const ReleaseKeys& keys) {
  EK_TRY_ASSIGN(const auto contents, RetirementContents(context, certificate, reason));
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
    return Describe(Error(ErrorCode::kIo, "directory"), folder);
  return SignCeremonyContents(context, folder, contents, keys);
}

Outcome<std::vector<CeremonyEntry>> JoinRetirementEntry(const Context& context, const std::string& certificate,
                                                        const std::string& reason, const std::string& folder,
                                                        const std::string& root) {
  EK_TRY_ASSIGN(const auto contents, RetirementContents(context, certificate, reason));
  return JoinCeremonyEntries(context, folder, contents, {root, "", Counted::kPeople});
}

}  // namespace edgekeep::author
