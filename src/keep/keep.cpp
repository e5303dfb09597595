#include "edgekeep/keep/keep.h"

#include <algorithm>
#include <array>
#include <new>

#include "edgekeep/gate/failure.h"
#include "handlers.h"
#include "leases.h"
#include "losses.h"
#include "prepared_form.h"
#include "recover.h"
#include "reply.h"
#include "retire.h"
#include "tend_cells.h"

namespace edgekeep::keep {
namespace {

constexpr std::size_t kMaxFailureSize = 256;

Result<Reply> ReplyInitialise(KeepState& state, const Request& request) {
  EK_TRY_ASSIGN(const ByteView bundle, gate::DecodeBlob(request.frame.body));
  EK_TRY_ASSIGN(const gate::InitialiseAnswer answer, Initialise(state, bundle, request.descriptors));
  return ReplyOf(answer, gate::EncodeInitialiseAnswer);
}

Result<Reply> ReplyBlob(const Result<Bytes>& blob) {
  if (!blob) return blob.error();
  return ReplyOf(blob->view(), gate::EncodeBlob);
}

Result<Reply> ReplyProvision(KeepState& state, const Request& request) {
  EK_TRY_ASSIGN(const ByteView message, gate::DecodeBlob(request.frame.body));
  return ReplyBlob(Provision(state, message));
}

Result<Reply> ReplyAttest(KeepState& state, ByteView body) {
  EK_TRY_ASSIGN(const ByteView asked, gate::DecodeBlob(body));
  return ReplyBlob(Attest(state, asked));
}

Result<Reply> ReplyOrder(KeepState& state, ByteView body, Attempt& attempt) {
  attempt.command = "order";
  EK_TRY_ASSIGN(const ByteView order, gate::DecodeBlob(body));
  return ReplyBlob(TakeOrder(state, order, attempt));
}

Result<Reply> ReplyTransfer(KeepState& state, ByteView body, Attempt& attempt) {
  attempt.command = "transfer";
  EK_TRY_ASSIGN(const ByteView transfer, gate::DecodeBlob(body));
  return ReplyBlob(TakeTransfer(state, transfer));
}

Result<Reply> ReplyOrderAuthority(KeepState& state, ByteView body, Attempt& attempt) {
  attempt.command = "show who may order";
  EK_TRY_ASSIGN(const ByteView kind, gate::DecodeBlob(body));
  return ReplyBlob(ShowOrderAuthority(state, kind));
}

Result<Reply> ReplyInstallLicence(KeepState& state, ByteView body, Attempt& attempt) {
  attempt.command = "install licence";
  EK_TRY_ASSIGN(const ByteView licence, gate::DecodeBlob(body));
  EK_TRY_ASSIGN(const ProductName product, InstallLicence(state, licence, attempt));
  return ReplyOf(gate::LicensedProduct{product}, gate::EncodeLicensedProduct);
}

Result<Reply> ReplyLicenceReport(KeepState& state, const Request& request, Attempt& attempt) {
  const bool renews = request.frame.header.command == gate::Command::kRequestRenewal;
  attempt.command = renews ? "request renewal" : "return licence";
  EK_TRY_ASSIGN(const gate::LicensedProduct licensed, gate::DecodeLicensedProduct(request.frame.body));
  return ReplyBlob(renews ? RequestRenewal(state, licensed.product, attempt)
                          : ReturnLicence(state, licensed.product, attempt));
}

Result<Reply> ReplyInstall(KeepState& state, const Request& request, Attempt& attempt) {
  EK_TRY_ASSIGN(const gate::InstallRequest install, gate::DecodeInstallRequest(request.frame.body));
  EK_TRY_ASSIGN(const gate::InstallAnswer answer, Install(state, install, request.descriptors, attempt));
  return ReplyOf(answer, gate::EncodeInstallAnswer);
}

Result<Reply> ReplyRefreshRelease(KeepState& state, ByteView body) {
  EK_TRY_ASSIGN(const gate::ReleaseDirectory directory, gate::DecodeReleaseDirectory(body));
  EK_TRY_ASSIGN(const gate::ReleaseStep step, RefreshRelease(state, directory.view()));
  return ReplyOf(step, gate::EncodeReleaseStep);
}

Result<Reply> ReplyGiveReleaseFile(KeepState& state, const Request& request) {
  EK_TRY_ASSIGN(const gate::FileOutcome outcome, gate::DecodeFileOutcome(request.frame.body));
  EK_TRY_ASSIGN(const gate::ReleaseStep step, GiveReleaseFile(state, outcome, request.descriptors));
  return ReplyOf(step, gate::EncodeReleaseStep);
}

Result<Reply> ReplyAdopt(KeepState& state, const Request& request) {
  EK_TRY_ASSIGN(const gate::AdoptAnswer answer, Adopt(state, request.descriptors));
  return ReplyOf(answer, gate::EncodeAdoptAnswer);
}

Result<Reply> ReplyFacts(const Result<CredentialState>& shown) {
  if (!shown) return shown.error();
  return ReplyOf(shown->facts, gate::EncodeCredentialFacts);
}

Result<Reply> ReplyCredential(KeepState& state, const gate::Frame& frame, Attempt& attempt) {
  if (frame.header.command == gate::Command::kRequestCredential) {
    attempt.command = "request credential";
    EK_TRY_ASSIGN(const gate::CredentialRequest request, gate::DecodeCredentialRequest(frame.body));
    return ReplyBlob(RequestCredential(state, request));
  }
  if (frame.header.command == gate::Command::kInstallCredential) {
    attempt.command = "install credential";
    EK_TRY_ASSIGN(const gate::CredentialAnswer answer, gate::DecodeCredentialAnswer(frame.body));
    return ReplyFacts(InstallCredential(state, answer));
  }
  if (frame.header.command == gate::Command::kUseTlsIdentity) {
    attempt.command = "use TLS identity";
    EK_TRY_ASSIGN(const gate::TlsIdentityRequest request, gate::DecodeTlsIdentityRequest(frame.body));
    EK_TRY_ASSIGN(const TlsIdentityState shown, UseTlsIdentity(state, request));
    return ReplyOf(shown.answer, gate::EncodeTlsIdentityAnswer);
  }
  attempt.command = "show credential";
  if (!frame.body.empty()) return Error(ErrorCode::kMalformed, "this command has no body");
  return ReplyFacts(ShowCredential(state));
}

Result<Reply> ReplyStatus(KeepState& state) {
  EK_TRY_ASSIGN(const gate::StatusAnswer answer, ShowStatus(state));
  return ReplyOf(answer, gate::EncodeStatusAnswer);
}

Result<Reply> ReplyStatistics(KeepState& state, ByteView body, Attempt& attempt) {
  attempt.command = "statistics";
  EK_TRY(CheckEmpty(body));
  EK_TRY_ASSIGN(const std::unique_ptr<gate::StatisticsAnswer> answer, ShowStatistics(state));
  return ReplyOf(*answer, gate::EncodeStatisticsAnswer);
}

Result<Reply> ReplyForgetIdentity(KeepState& state, ByteView body, Attempt& attempt) {
  attempt.command = "forget identity";
  EK_TRY(CheckEmpty(body));
  EK_TRY(ForgetIdentity(state));
  return Reply{};
}

// Descriptors where none belong are a mistake of the caller's that would otherwise go unnoticed.
Status CheckDescriptors(const Request& request) {
  using enum gate::Command;
  constexpr std::array kTakers = {kInitialise, kInstall, kGiveReleaseFile, kAdopt};
  if (request.descriptors.empty() || std::ranges::find(kTakers, request.frame.header.command) != kTakers.end())
    return {};
  return Error(ErrorCode::kBadArgument, "this command takes no descriptor");
}

Result<Reply> ReplyToAdministrator(KeepState& state, const Request& request, Attempt& attempt) {
  const ByteView body = request.frame.body;
  switch (request.frame.header.command) {
    case gate::Command::kInitialise:
      attempt.command = "initialise";
      return ReplyInitialise(state, request);
    case gate::Command::kShowRequest:
      attempt.command = "show request";
      EK_TRY(CheckEmpty(body));
      return ReplyBlob(ShowRequest(state));
    case gate::Command::kShowOwnership:
      attempt.command = "show ownership";
      EK_TRY(CheckEmpty(body));
      return ReplyBlob(ShowOwnership(state));
    case gate::Command::kShowAttestationKeys:
      attempt.command = "show attestation keys";
      EK_TRY(CheckEmpty(body));
      return ReplyBlob(ShowAttestationKeys(state));
    case gate::Command::kAttest:
      attempt.command = "attest";
      return ReplyAttest(state, body);
    case gate::Command::kInstall:
      attempt.command = "install";
      return ReplyInstall(state, request, attempt);
    case gate::Command::kStatus:
      attempt.command = "status";
      EK_TRY(CheckEmpty(body));
      return ReplyStatus(state);
    case gate::Command::kRefreshRelease:
      attempt.command = "refresh release";
      return ReplyRefreshRelease(state, body);
    case gate::Command::kGiveReleaseFile:
      attempt.command = "give release file";
      return ReplyGiveReleaseFile(state, request);
    case gate::Command::kAdopt:
      attempt.command = "adopt";
      EK_TRY(CheckEmpty(body));
      return ReplyAdopt(state, request);
    case gate::Command::kProvision:
      attempt.command = "provision";
      return ReplyProvision(state, request);
    case gate::Command::kForgetIdentity:
      return ReplyForgetIdentity(state, body, attempt);
    case gate::Command::kTransfer:
      return ReplyTransfer(state, body, attempt);
    case gate::Command::kOrder:
      return ReplyOrder(state, body, attempt);
    case gate::Command::kShowOrderAuthority:
      return ReplyOrderAuthority(state, body, attempt);
    case gate::Command::kInstallLicence:
      return ReplyInstallLicence(state, body, attempt);
    case gate::Command::kRequestRenewal:
    case gate::Command::kReturnLicence:
      return ReplyLicenceReport(state, request, attempt);
    case gate::Command::kRequestCredential:
    case gate::Command::kInstallCredential:
    case gate::Command::kShowCredential:
    case gate::Command::kUseTlsIdentity:
      return ReplyCredential(state, request.frame, attempt);
    case gate::Command::kStatistics:
      return ReplyStatistics(state, body, attempt);
    default:
      return Error(ErrorCode::kUnsupported, "command");
  }
}

Result<Reply> Dispatch(KeepState& state, const Request& request, Attempt& attempt) {
  EK_TRY(CheckCommand(request.door, request.frame.header.command));
  EK_TRY(CheckDescriptors(request));
  EK_TRY(state.CheckNotRetiring());
  return request.door == Door::kApplication ? ReplyToApplication(state, request, attempt)
                                            : ReplyToAdministrator(state, request, attempt);
}

// Of a device that was retired: who did not hear of its certificate asks again with the order.
Result<Reply> DispatchRetired(ByteView certificate, const Request& request) {
  EK_TRY(CheckCommand(request.door, request.frame.header.command));
  EK_TRY(CheckDescriptors(request));
  if (request.frame.header.command != gate::Command::kOrder) return AnswerRetired({}, {}).error();
  EK_TRY_ASSIGN(const ByteView order, gate::DecodeBlob(request.frame.body));
  return ReplyBlob(AnswerRetired(certificate, order));
}

Bytes FailureBody(const Error& error) {
  Result<Bytes> body = Bytes::Allocate(kMaxFailureSize);
  if (!body) return {};
  CborWriter writer(body->mutable_view());
  if (!gate::EncodeFailure(gate::FailureOf(error), writer)) return {};
  body->Truncate(writer.written().size());
  return *std::move(body);
}

void NoteRefusal(ports::Journal& journal, const Attempt& attempt, const Error& error) {
  std::array<std::uint8_t, 32 + ProductName::kMaxLength> buffer;
  Writer what(buffer);
  const auto write = [&]() -> Status {
    EK_TRY(what.WriteBytes(AsBytes(attempt.command)));
    if (attempt.product.view().empty()) return {};
    EK_TRY(what.WriteBytes(AsBytes(" ")));
    return what.WriteBytes(AsBytes(attempt.product.view()));
  };
  journal.NoteRefusal(write() ? AsText(what.written()) : attempt.command, error);
}

}  // namespace

Keep::Keep(std::unique_ptr<KeepState> state, Bytes certificate) noexcept
    : state_(std::move(state)), certificate_(std::move(certificate)) {}

Keep::~Keep() = default;

bool Keep::must_end() const noexcept {
  return state_ && state_->retiring;
}

Result<std::unique_ptr<Keep>> Keep::StartRetired(const World& world) {
  std::unique_ptr<Keep> keep(new (std::nothrow) Keep(nullptr, TidyRetired(world)));
  if (!keep) return Error(ErrorCode::kNoMemory, "keep");
  keep->journal_ = &world.journal;
  return keep;
}

Result<std::unique_ptr<Keep>> Keep::Start(const World& world, const Settings& settings) {
  if (world.anchor.is_retired()) return StartRetired(world);
  EK_TRY_ASSIGN(core::Vault vault, core::Vault::Unlock(world.provider, world.anchor));
  std::unique_ptr<KeepState> state(new (std::nothrow) KeepState(world, settings, std::move(vault)));
  if (!state || !state->releases) return Error(ErrorCode::kNoMemory, "keep");
  const Status loaded = LoadStanding(*state);
  if (!loaded) world.journal.NoteRefusal("load the store", loaded.error());
  // What passes is tried again by the next start: nobody is there to restart a keep that denies everything.
  if (!loaded && state->standing != Standing::kForeign) return loaded.error();
  const Status measured = MeasureProgram(*state);
  if (!measured) world.journal.NoteRefusal("measure the keep", measured.error());
  EK_TRY_ASSIGN(const std::optional<Bytes> retirement, BegunRetirement(*state));
  if (retirement) {
    EK_TRY(FinishRetirement(*state, retirement->view()));
    return StartRetired(world);
  }
  if (state->standing == Standing::kInitialised) RecoverAll(*state);
  std::unique_ptr<Keep> keep(new (std::nothrow) Keep(std::move(state), Bytes()));
  if (!keep) return Error(ErrorCode::kNoMemory, "keep");
  keep->journal_ = &world.journal;
  return keep;
}

Answer Keep::Handle(const Request& request) {
  const gate::FrameHeader& header = request.frame.header;
  Attempt attempt{.command = "ask", .product = {}};
  Result<Reply> reply = state_ ? Dispatch(*state_, request, attempt) : DispatchRetired(certificate_.view(), request);
  if (reply)
    return {header.command, header.id, std::move(reply->body), std::move(reply->session), std::move(reply->files)};
  if (!attempt.may_be_missing || reply.error().code() != ErrorCode::kNotFound) {
    NoteRefusal(*journal_, attempt, reply.error());
  }
  return {gate::Command::kError, header.id, FailureBody(reply.error()), nullptr, {}};
}

bool Keep::AwaitWork() {
  return state_ && AwaitDueForm(*state_);
}

void Keep::Work() {
  if (!state_) return;
  RemakeDueForms(*state_);
}

void Keep::EndWork() {
  if (!state_) return;
  const std::lock_guard lock(state_->mutex);
  state_->ending = true;
  state_->form_is_due.notify_all();
  if (!state_->retiring) StoreLeases(*state_);
}

int Keep::TendCells() {
  if (!state_) return -1;
  return keep::TendCells(*state_);
}

int Keep::CollectCells() {
  if (!state_) return -1;

  struct Listener final : ServingCells::LossListener {
    explicit Listener(KeepState& its_state) noexcept : state(&its_state) {}

    void TakeNotice(const ServingCell& lost) override { NoteLoss(*state, lost); }

    KeepState* state;
  };

  Listener listener(*state_);
  const Result<std::uint64_t> now = state_->world.clock.SecondsSinceStart();
  // Without a clock nobody is given time.
  return state_->cells.Collect(now.value_or(UINT64_MAX), listener);
}

bool Keep::AnyUntendedLoss() const {
  return state_ && state_->cells.AnyUntendedLoss();
}

void Keep::NoticeTime() {
  if (!state_) return;
  const std::unique_lock lock(state_->mutex, std::try_to_lock);
  // Who holds it asks for the time, or this is called again.
  if (!lock.owns_lock() || state_->retiring) return;
  static_cast<void>(state_->clock.Now().has_value());
  // A disk that is full is tried again.
  if (state_->releases->demanded()) static_cast<void>(SettleTime(*state_).has_value());
  NoticeLeases(*state_);
}

std::optional<std::uint64_t> Keep::TendLicences() {
  if (!state_) return std::nullopt;
  return keep::TendLicences(*state_);
}

}  // namespace edgekeep::keep
