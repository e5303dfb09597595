// One handler per command. Each takes the request's body and returns the answer's.
#pragma once
#include <memory>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/formats/evidence.h"
#include "edgekeep/gate/admin.h"
#include "edgekeep/gate/app.h"
#include "edgekeep/gate/export.h"
#include "edgekeep/gate/owner.h"
#include "edgekeep/gate/release.h"
#include "edgekeep/gate/statistics.h"
#include "edgekeep/gate/values.h"
#include "releases.h"
#include "state.h"

namespace edgekeep::keep {

// What is being tried, for the journal; a handler adds the product once it knows it.
struct Attempt {
  const char* command = "";
  ProductName product;
  bool may_be_missing = false;  // that it is not found is an answer like any other, and not noted
};

// `descriptors`: none, or of a root of release metadata and of a trust policy.
Result<gate::InitialiseAnswer> Initialise(KeepState& state, ByteView bundle, std::span<const int> descriptors);
// `directory`: of a release beside the newest; may be empty.
Result<gate::ReleaseStep> RefreshRelease(KeepState& state, std::string_view directory);
Result<gate::ReleaseStep> GiveReleaseFile(KeepState& state, gate::FileOutcome outcome,
                                          std::span<const int> descriptors);
Result<gate::AdoptAnswer> Adopt(KeepState& state, std::span<const int> descriptors);
Result<Bytes> ShowRequest(KeepState& state);
// The same, saying whose the device is: kNotFound where it has no owner.
Result<Bytes> ShowOwnership(KeepState& state);
// `message`: of a factory's station; empty to begin. The answer is for the station; empty when the identity is stored.
Result<Bytes> Provision(KeepState& state, ByteView message);
// What a factory's station gave, before the device trusts anybody: kBadState afterwards.
Status ForgetIdentity(KeepState& state);
Result<Bytes> ShowAttestationKeys(KeepState& state);
// Answers a challenge or an activation with evidence.
Result<Bytes> Attest(KeepState& state, ByteView asked);
// Whom evidence is for: a device that is being retired makes it for its certificate alone.
enum class Asker : std::uint8_t { kAnybody, kRetirement };

Result<Bytes> MakeEvidence(KeepState& state, const formats::AttestationNonce& nonce, Asker asker = Asker::kAnybody);
// Obeys an order of people who may give it. The answer is evidence, where the order asks for it; else empty.
Result<Bytes> TakeOrder(KeepState& state, ByteView object, Attempt& attempt);
// Who may give this device orders of a kind: formats::OrderAuthority, encoded.
Result<Bytes> ShowOrderAuthority(KeepState& state, ByteView kind);
// At the keep's start: its program is the first thing that is measured.
Status MeasureProgram(KeepState& state);
Result<gate::InstallAnswer> Install(KeepState& state, const gate::InstallRequest& request,
                                    std::span<const int> descriptors, Attempt& attempt);
// Puts a licence in place of the one that its product has, without a package.
Result<ProductName> InstallLicence(KeepState& state, ByteView bytes, Attempt& attempt);
// The product's licence is over for good, as if it had been given back. Requires the state's mutex.
Status EndLicence(KeepState& state, const ProductName& product);
// Licence reports (spec/licence-report.md), signed.
Result<Bytes> RequestRenewal(KeepState& state, const ProductName& product, Attempt& attempt);
Result<Bytes> ReturnLicence(KeepState& state, const ProductName& product, Attempt& attempt);

// Of the device's owner (owner_credential.h).
struct CredentialState {
  Bytes bytes;
  gate::CredentialFacts facts;  // borrow from them
};

Result<Bytes> RequestCredential(KeepState& state, const gate::CredentialRequest& request);
Result<CredentialState> InstallCredential(KeepState& state, const gate::CredentialAnswer& answer);
Result<CredentialState> ShowCredential(KeepState& state);

struct TlsIdentityState {
  Bytes certificates, signature;
  gate::TlsIdentityAnswer answer;  // borrows from them
};

// Signs CertificateVerify for a client of TLS 1.3, and nothing else, whatever hash is given.
Result<TlsIdentityState> UseTlsIdentity(KeepState& state, const gate::TlsIdentityRequest& request);
// The IDevID's certificate, DER. Fails with kNotFound. Requires the state's mutex.
Result<Bytes> FactoryCertificate(KeepState& state);

// The device changes hands, where both owners signed that it does: formats::TransferAnswer, encoded.
Result<Bytes> TakeTransfer(KeepState& state, ByteView transfer);

Result<gate::StatusAnswer> ShowStatus(KeepState& state);
// The engine is known to cells only: has one started, unless one has said it. None that starts means no engine.
void LearnEngine(KeepState& state);
// Large: not on a stack.
Result<std::unique_ptr<gate::StatisticsAnswer>> ShowStatistics(KeepState& state);

struct OpenedModel {
  gate::OpenModelAnswer answer;
  std::unique_ptr<Session> session;
};

Result<OpenedModel> OpenModel(KeepState& state, const gate::OpenModelRequest& request, std::uint32_t user,
                              Attempt& attempt);

struct ExportedModel {
  gate::ExportModelAnswer answer;
  HandedOut files;  // as many as were asked for
};

Result<ExportedModel> ExportModel(KeepState& state, const gate::ExportModelRequest& request, std::uint32_t user,
                                  Attempt& attempt);

// Of the application that runs as `user`, and no other's.
Status PutValue(KeepState& state, const gate::PutValueRequest& request, std::uint32_t user);
Result<SecretBytes> GetValue(KeepState& state, const gate::GetValueRequest& request, std::uint32_t user);
Status DeleteValues(KeepState& state, const gate::DeleteValuesRequest& request, std::uint32_t user);
Result<gate::ListValuesAnswer> ListValues(KeepState& state, std::uint32_t user);

// Keep::TendLicences.
std::optional<std::uint64_t> TendLicences(KeepState& state);

}  // namespace edgekeep::keep
