#include "edgekeep/author/licence_papers.h"

#include <algorithm>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/new_directory.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/labels.h"
#include "issue_licence.h"
#include "issued_licences.h"
#include "licence_renewal.h"
#include "licence_report.h"
#include "licensor_lock.h"
#include "stopped_licences.h"

namespace edgekeep::author {
namespace {

std::string PlaceOf(const Publisher& publisher, const char* directory, const formats::LicenceId& id) {
  return publisher.directory() + "/" + directory + "/" + std::string(ToHex(id.view()).view());
}

Done MakeDirectory(const Publisher& publisher, const char* name) {
  const std::string path = publisher.directory() + "/" + name;
  return At(path, files::EnsureDirectory(path));
}

// What is there already is what was to be written, or belongs to somebody else.
Outcome<Bytes> WriteOrRead(const std::string& path, ByteView bytes) {
  const Status written = files::WriteNewFile(path, files::Access::kPrivate, bytes);
  if (written) return At(path, Bytes::Copy(bytes));
  if (written.error().code() != ErrorCode::kAlreadyExists) return Describe(written.error(), path);
  return At(path, files::ReadFile(path, formats::kMaxSignedLicenceReportSize));
}

Outcome<VerifiedReport> Accept(const Context& context, const Publisher& publisher, const std::string& path) {
  EK_TRY_ASSIGN(VerifiedReport verified, ReadReport(context, publisher, formats::typ::kLicenceReturn, path));
  EK_TRY(MakeDirectory(publisher, "returned"));
  EK_TRY(WriteOrRead(ReturnedPath(publisher, verified.licence.id), verified.bytes.view()));
  return verified;
}

// One receipt is worth one licence, whoever is shown it.
Done ClaimFor(const Publisher& publisher, const VerifiedReport& verified, const DeviceId& device,
              const std::string& receipt) {
  EK_TRY(MakeDirectory(publisher, "transferred"));
  EK_TRY_ASSIGN(const Bytes claimed, WriteOrRead(PlaceOf(publisher, "transferred", verified.licence.id),
                                                 AsBytes(ToHex(device.view()).view())));
  if (Equal(claimed.view(), AsBytes(ToHex(device.view()).view()))) return {};
  return Failure{ErrorCode::kAlreadyExists, "this receipt was used for another device", receipt,
                 "it is worth one licence; issue a new one"};
}

Result<formats::LicenceId> TransferredId(const Context& context, const formats::LicenceId& id, const DeviceId& device) {
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(context.provider, {AsBytes(formats::label::kLicenceTransfer),
                                                                       ByteView(id.view()), ByteView(device.view())}));
  return formats::LicenceId::From(digest.view().first<formats::LicenceId::kSize>());
}

// What is left of its budget; the lease begins with the new device.
Outcome<formats::LicenceTerms> TermsLeft(formats::LicenceTerms terms, const VerifiedReport& verified,
                                         const std::string& receipt) {
  if (!terms.transferable) {
    return Failure{ErrorCode::kForbidden, "this licence is not transferable", receipt,
                   "its return is remembered; issue a new licence"};
  }
  if (terms.lease) terms.lease->counted_seconds = 0;
  if (!terms.call_budget) return terms;
  const std::uint64_t used = std::min(*terms.call_budget, verified.report.calls_reserved);
  if (used == *terms.call_budget) {
    return Failure{ErrorCode::kOverBudget, "no call of its budget is left", receipt, "issue a new licence"};
  }
  *terms.call_budget -= used;
  return terms;
}

// Those that were given last under its id: a device may give back an earlier licence, with wider ones.
Outcome<formats::LicenceTerms> LastTerms(const Context& context, const Publisher& publisher,
                                         const formats::Licence& licence) {
  EK_TRY_ASSIGN(const auto last, LastRenewed(context, publisher, licence.id));
  return last && licence.issued_at < last->licence.issued_at ? last->licence.terms : licence.terms;
}

std::optional<Epoch> OnlyIn(const formats::Licence& licence, bool into_epoch) {
  return into_epoch ? std::nullopt : std::optional(licence.epoch);
}

}  // namespace

Outcome<LicenceReport> RenewLicence(const Context& context, const Publisher& publisher, const SecretBytes& passphrase,
                                    const RenewalRequest& request) {
  EK_TRY_ASSIGN(const FileLock lock, LockLicences(context, publisher));
  EK_TRY_ASSIGN(VerifiedReport asked, ReadReport(context, publisher, formats::typ::kLicenceRenewal, request.report));
  EK_TRY_ASSIGN(const Renewal renewal,
                CheckRenewal(context, publisher, std::move(asked), request.report, request.is_allowed));
  KeysForOnce keys(publisher, passphrase, NewProducts::kRefused);
  EK_TRY_ASSIGN(files::NewFile file,
                At(request.output, files::NewFile::Create(request.output, files::Access::kPublic)));
  const RenewalSink sink{.prepare = [&](ByteView licence) { return At(request.output, file.WriteAt(0, licence)); },
                         .give = [&] { return At(request.output, file.Commit()); }};
  return IssueRenewal(context, publisher, keys, renewal, {request.expires, request.into_epoch}, sink);
}

Outcome<ReturnedLicence> AcceptReturn(const Context& context, const Publisher& publisher, const std::string& receipt) {
  EK_TRY_ASSIGN(const FileLock lock, LockLicences(context, publisher));
  EK_TRY_ASSIGN(const VerifiedReport verified, Accept(context, publisher, receipt));
  const formats::Licence& licence = verified.licence;
  return ReturnedLicence{licence.id, licence.device, licence.product, licence.terms.transferable};
}

Outcome<LicenceReport> TransferLicence(const Context& context, const Publisher& publisher,
                                       const SecretBytes& passphrase, const TransferRequest& request) {
  const std::string& path = request.device_request;
  EK_TRY_ASSIGN(const FileLock lock, LockLicences(context, publisher));
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxSignedRequestSize)));
  EK_TRY_ASSIGN(const VerifiedDevice device, At(path, VerifyDeviceRequest(context, bytes.view())));
  EK_TRY(CheckMayHaveLicences(context, publisher, device, path, request.is_allowed));
  EK_TRY_ASSIGN(const VerifiedReport verified, Accept(context, publisher, request.receipt));
  EK_TRY(CheckNotStopped(publisher, verified.licence, request.receipt));
  EK_TRY(CheckNotReplaced(publisher, verified.licence, request.receipt));
  WantedLicence wanted{.id = {},
                       .product = verified.licence.product,
                       .issued_at = context.now,
                       .terms = {},
                       .only_in = OnlyIn(verified.licence, request.into_epoch)};
  EK_TRY_ASSIGN(formats::LicenceTerms last, LastTerms(context, publisher, verified.licence));
  EK_TRY_ASSIGN(wanted.terms, TermsLeft(std::move(last), verified, request.receipt));
  EK_TRY(CheckNotOver(wanted.terms, context.now, request.receipt));
  EK_TRY(ClaimFor(publisher, verified, device.id, request.receipt));
  EK_TRY_ASSIGN(wanted.id, At(path, TransferredId(context, verified.licence.id, device.id)));
  KeysForOnce keys(publisher, passphrase, NewProducts::kRefused);
  return IssueTo(context, publisher, keys, device, path, wanted, IntoNewFile(request.output));
}

}  // namespace edgekeep::author
