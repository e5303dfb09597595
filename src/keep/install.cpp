#include "edgekeep/core/install.h"

#include <algorithm>
#include <array>

#include "device_orders.h"
#include "edgekeep/formats/package_index.h"
#include "edgekeep/gate/cell_orders.h"
#include "handlers.h"
#include "leases.h"
#include "open_file.h"
#include "orders.h"
#include "quarantine.h"
#include "records.h"
#include "release_files.h"

namespace edgekeep::keep {
namespace {

// What an install has decided before its cell starts.
struct Job {
  core::InstallDecision decision;
  formats::Licence licence;  // its wrapped key is left out: those bytes are not kept
  std::optional<core::ProductBar> bar;
  core::SlotKeys keys;
  update::Installed before;
  update::InstallPlan plan;
  OpenFile canonical;
  OpenFile prepared;
  std::uint64_t security_epoch = 0;
  bool committing = false;  // the slot may be the one that counts: it is no longer this install's to erase
};

// The sealed file's beginning, as much of it as can lie before the body.
struct Front {
  Bytes bytes;
  std::uint64_t file_size = 0;
};

Result<Front> ReadFront(ports::InputFiles& files, int sealed_file) {
  EK_TRY_ASSIGN(const std::uint64_t size, files.CheckedSize(sealed_file));
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(std::min<std::uint64_t>(size, formats::kMaxBodyOffset)));
  EK_TRY(files.ReadAt(sealed_file, 0, bytes.mutable_view()));
  return Front{std::move(bytes), size};
}

// What earlier installs of the product reached, by the state root: whatever has become of its files, that stays.
using Bar = std::optional<core::ProductBar>;

std::optional<Sequence> SequenceOf(const Bar& bar) {
  return bar ? std::optional(bar->version) : std::nullopt;
}

// The floor of security epochs that the record will have. A device under releases installs nothing else.
Result<std::uint64_t> DecideEpoch(KeepState& state, const Bar& bar, Candidate candidate) {
  const std::uint64_t floor = bar ? bar->security_epoch : 0;
  if (!state.releases->demanded()) return floor;
  candidate.recorded = SequenceOf(bar);
  EK_TRY_ASSIGN(const std::uint64_t epoch, CheckReleased(state, candidate));
  if (epoch < floor) return Error(ErrorCode::kWrongVersion, "release: security epoch below the floor");
  return epoch;
}

// A licence in place of another one of the product is a renewal, with a package or without.
Status CheckMayRenew(KeepState& state, const Bar& bar, const formats::Licence& licence) {
  if (!bar || (bar->licence == licence.id && bar->licence_issued_at == licence.issued_at)) return {};
  return CheckNotQuarantined(state);
}

formats::Licence WithoutKey(formats::Licence licence) {
  licence.enc = {};
  licence.wrapped_epoch_key = {};
  return licence;
}

Result<Job> Decide(KeepState& state, const core::VerifiedOffer& offer, const Candidate& candidate,
                   ByteView licence_bytes) {
  const World& world = state.world;
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  const core::LicenceUse use{offer.product(), offer.version().sequence, now, state.Level()};
  EK_TRY_ASSIGN(const core::VerifiedLicence licence,
                core::VerifyLicence(*state.device, *state.trust, use, licence_bytes));
  state.KnowTime(licence.licence().issued_at);
  EK_TRY_ASSIGN(update::Installed before, ReadInstalled(world.store, state.vault, offer.product()));
  EK_TRY_ASSIGN(const Bar bar, state.fresh.BarOf(offer.product()));
  EK_TRY(CheckMayRenew(state, bar, licence.licence()));
  EK_TRY_ASSIGN(const std::uint64_t security_epoch, DecideEpoch(state, bar, candidate));
  EK_TRY(core::CheckAgainstBar(bar, licence.licence()));
  EK_TRY_ASSIGN(core::InstallDecision decision, core::DecideInstall(*state.device, offer, licence, SequenceOf(bar)));
  EK_TRY_ASSIGN(core::SlotKeys keys, core::NewSlotKeys(world.provider));
  const update::InstallPlan plan = update::PlanInstall(before);
  return Job{std::move(decision),
             WithoutKey(licence.licence()),
             bar,
             std::move(keys),
             std::move(before),
             plan,
             {},
             {},
             security_epoch,
             false};
}

Status MakeSlotFiles(ports::Store& store, const ProductName& product, Job& job) {
  EK_TRY(store.EraseSlot(product, job.plan.slot));
  EK_TRY_ASSIGN(const ports::FileHandle canonical,
                store.CreateSlotFile(product, job.plan.slot, ports::SlotFile::kCanonical));
  job.canonical = OpenFile(store, canonical);
  EK_TRY_ASSIGN(const ports::FileHandle prepared,
                store.CreateSlotFile(product, job.plan.slot, ports::SlotFile::kPrepared));
  job.prepared = OpenFile(store, prepared);
  return {};
}

gate::InstallPackageOrder OrderOf(const core::VerifiedOffer& offer, const Job& job) {
  const sealing::VerifiedSeal& seal = offer.seal();
  gate::InstallPackageOrder order;
  order.content_key = job.decision.content_key().key.Clone();
  order.header_digest = seal.record().header_digest;
  order.tags_digest = seal.record().tags_digest;
  std::ranges::copy(seal.record().plaintext_mac.view(), order.plaintext_mac.begin());
  order.sealed_file = seal.id();
  order.canonical_key = job.keys.canonical.key.Clone();
  order.prepared_key = job.keys.prepared.key.Clone();
  order.seal_suite = core::kSlotSealSuite;
  return order;
}

// Runs without the state's mutex: a large package takes its time.
Result<gate::PreparedAnswer> RunInstallCell(const World& world, const core::VerifiedOffer& offer, const Job& job,
                                            int sealed_file) {
  const std::uint64_t plaintext_size = offer.seal().record().plaintext_size;
  EK_TRY_ASSIGN(const std::unique_ptr<ports::Cell> cell,
                world.cells.Start(ports::CellPurpose::kInstall, 2 * plaintext_size));
  EK_TRY_ASSIGN(const SecretBytes order, EncodeOrder(OrderOf(offer, job)));
  const std::array descriptors = {sealed_file, job.canonical.descriptor(), job.prepared.descriptor()};
  EK_TRY_ASSIGN(const Bytes answer,
                GiveOrder(world.journal, offer.product(), *cell,
                          {gate::Command::kInstallPackage, order, descriptors, OrderTimeout(4 * plaintext_size)}));
  EK_TRY_ASSIGN(const gate::PreparedAnswer prepared, gate::DecodePreparedAnswer(answer.view()));
  const formats::OutputGuard& guard = offer.seal().header().policy.output_guard;
  if (!(guard == formats::OutputGuard())) EK_TRY(gate::CheckGuardable(prepared.model));
  return prepared;
}

core::SlotFileFacts FactsOf(const gate::WrittenSlotFile& file) {
  return {file.header_digest, file.tags_digest, file.file_size};
}

// A cell that says it wrote what is not there is not believed.
Status CheckWritten(ports::Store& store, const OpenFile& file, const gate::WrittenSlotFile& written) {
  EK_TRY_ASSIGN(const std::uint64_t size, store.SizeOf(file.handle()));
  if (size != written.file_size) return Error(ErrorCode::kIo, "slot file: not of the size the cell named");
  return {};
}

Result<Bytes> RecordOf(KeepState& state, const core::VerifiedOffer& offer, const Job& job,
                       const gate::PreparedAnswer& written) {
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  core::RecordFacts facts{.generation = job.plan.generation,
                          .product = offer.product(),
                          .version = offer.version(),
                          .slot = job.plan.slot,
                          .sealed_file = offer.seal().id(),
                          .epoch = offer.grant().epoch,
                          .canonical = FactsOf(written.canonical),
                          .prepared = {},
                          .installed_at = now,
                          .policy = offer.seal().header().policy,
                          .security_epoch = job.security_epoch};
  if (written.prepared) facts.prepared = {FactsOf(*written.prepared), written.engine_key};
  return core::MakeRecord(state.world.provider, state.vault, job.decision.epoch_key(), job.keys, facts);
}

// Makes slot files and licence durable, and everything ready but the record.
Result<Bytes> CompleteSlot(KeepState& state, const core::VerifiedOffer& offer, const Job& job, ByteView licence,
                           const gate::PreparedAnswer& written) {
  ports::Store& store = state.world.store;
  EK_TRY(CheckWritten(store, job.canonical, written.canonical));
  if (written.prepared) EK_TRY(CheckWritten(store, job.prepared, *written.prepared));
  EK_TRY(store.SyncSlot(offer.product(), job.plan.slot));
  EK_TRY(BeginToCount(state, job.bar, job.licence));
  EK_TRY(WriteLicence(store, offer.product(), job.plan.slot, licence));
  return RecordOf(state, offer, job, written);
}

void NoteEngine(KeepState& state, const ProductName& product, const gate::PreparedAnswer& written) {
  ProductNote& note = state.NoteOf(product);
  note.BeginFormAnew();
  note.provider = 0;
  note.no_prepared_form_for = written.prepared ? gate::EngineKeyText() : written.engine_key;
}

// Fills the free slot and makes it count.
Result<gate::InstallAnswer> Fill(KeepState& state, const core::VerifiedOffer& offer, Job& job, int sealed_file,
                                 ByteView licence) {
  EK_TRY_ASSIGN(const gate::PreparedAnswer written, RunInstallCell(state.world, offer, job, sealed_file));
  const std::lock_guard lock(state.mutex);
  EK_TRY_ASSIGN(const Bytes record, CompleteSlot(state, offer, job, licence, written));
  // The bar first: what was installed once is never less than it, wherever this is cut.
  EK_TRY(state.fresh.RaiseBar(offer.product(), {.product = {},
                                                .licence_issued_at = job.licence.issued_at,
                                                .licence = job.licence.id,
                                                .version = offer.version().sequence,
                                                .security_epoch = job.security_epoch,
                                                .returned = {},
                                                .returned_issued_at = {}}));
  job.committing = true;
  EK_TRY(Commit(state.world.store, job.before, offer.product(), record.view()));
  FinishCommit(state.world.store, job.before, offer.product(), record.view(), job.plan.slot, state.world.journal);
  NoteEngine(state, offer.product(), written);
  state.cells.NoteInstalled({offer.product(), written.canonical.header_digest, job.licence.id});
  return gate::InstallAnswer{offer.product(), offer.version(), written.prepared.has_value()};
}

void EraseUnlessCommitting(KeepState& state, const ProductName& product, const Job& job) {
  if (job.committing) return;
  const std::lock_guard lock(state.mutex);
  const Status erased = state.world.store.EraseSlot(product, job.plan.slot);
  if (!erased) state.world.journal.NoteRefusal("erase the slot of a failed install", erased.error());
}

// All that is decided before a cell starts, under the state's mutex.
struct Plan {
  core::VerifiedOffer offer;
  Job job;
};

// Of a whole file that passes for one of the publisher's; others are not worth reading.
Result<Digest> DigestOfOffered(KeepState& state, const Front& front, const gate::InstallRequest& request,
                               int sealed_file) {
  {
    const std::lock_guard lock(state.mutex);
    if (!state.releases->demanded()) return Digest();
    EK_TRY(core::VerifyOffer(state.world.provider, *state.trust, front.bytes.view(), front.file_size, request.grant));
  }
  return DigestOf(state.world, sealed_file, front.bytes.view(), front.file_size);
}

Result<Plan> MakePlan(KeepState& state, const Front& front, const gate::InstallRequest& request, const Digest& digest,
                      Attempt& attempt) {
  const std::lock_guard lock(state.mutex);
  EK_TRY_ASSIGN(const core::VerifiedOffer offer, core::VerifyOffer(state.world.provider, *state.trust,
                                                                   front.bytes.view(), front.file_size, request.grant));
  attempt.product = offer.product();
  const Candidate candidate{offer.product(), offer.version().sequence, digest, front.file_size, request.grant, {}};
  EK_TRY_ASSIGN(Job job, Decide(state, offer, candidate, request.licence));
  EK_TRY(MakeSlotFiles(state.world.store, offer.product(), job));
  return Plan{offer, std::move(job)};
}

Status CheckMayInstall(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckInitialised());
  return CheckInstallsAllowed(state);
}

}  // namespace

Result<gate::InstallAnswer> Install(KeepState& state, const gate::InstallRequest& request,
                                    std::span<const int> descriptors, Attempt& attempt) {
  EK_TRY(CheckMayInstall(state));
  if (descriptors.size() != 1) return Error(ErrorCode::kBadArgument, "install: one descriptor, of the sealed file");
  const int sealed_file = descriptors.front();
  EK_TRY_ASSIGN(const Front front, ReadFront(state.world.files, sealed_file));
  EK_TRY_ASSIGN(const SlotTurn turn, SlotTurn::TakeForInstall(state));
  EK_TRY_ASSIGN(const Digest digest, DigestOfOffered(state, front, request, sealed_file));
  EK_TRY_ASSIGN(Plan plan, MakePlan(state, front, request, digest, attempt));
  const Result<gate::InstallAnswer> answer = Fill(state, plan.offer, plan.job, sealed_file, request.licence);
  if (answer) return answer;
  EraseUnlessCommitting(state, plan.offer.product(), plan.job);
  return AfterSecretKeys(answer.error());
}

}  // namespace edgekeep::keep
