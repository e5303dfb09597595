#include "edgekeep/factory/reconcile.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "edgekeep/base/hex.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/log/directory_check.h"
#include "edgekeep/log/tree_reader.h"
#include "edgekeep/release/log/merkle.h"

namespace edgekeep::factory {
namespace {

using formats::CertificateDigest;
using release::log::TreeHead;

// A journal whose files are one tree under its checkpoint.
struct WholeJournal {
  const JournalCopy* copy;
  std::string origin;
  TreeHead head;
  std::vector<std::string> contents;  // of its entries
};

// One identity, wherever it was seen.
struct Unit {
  CertificateDigest certificate;
  formats::Ticket ticket;
  formats::ChipId chip;
  DeviceId device;
  std::string place;
};

class Reconciler {
 public:
  Reconciler(const crypto::Provider& provider, const Production& production)
      : provider_(provider), production_(production) {
    result_.units = production.order.units();
  }

  Status Read(const JournalCopy& copy);
  Status CompareJournals();
  Status Take(const PresentedIdentity& presented);
  Status Judge();

  Reconciliation Result() && { return std::move(result_); }

 private:
  void Raise(ProblemKind kind, std::string place, std::string text) {
    result_.problems.push_back({kind, std::move(place), std::move(text)});
  }

  void RefuseAs(ProblemKind kind, const Unit& unit, std::string text) {
    Raise(kind, unit.place, std::move(text));
    refused_.insert(unit.certificate);
  }

  // Where something was entered: by which journal, and who handed that over.
  struct Source {
    std::string_view origin;
    const std::string& place;
  };

  Status Add(ByteView content, const Source& source);
  Status ReadContents(const WholeJournal& journal);
  // True, and a problem, for a ticket that its station cannot have.
  bool NoteStray(const formats::Provisioned& provisioned, const CertificateDigest& digest, const Source& source);
  bool IsOwn(const formats::Provisioned& provisioned, std::string_view origin) const;
  Status ReadVoid(const WholeJournal& journal, std::size_t at);
  void NoteTwice(const Unit& unit, const formats::Provisioned& again, const std::string& place);
  Status JudgeCertificate(const Unit& unit, const formats::Provisioned& provisioned);
  // What was entered after a fork is refused, on either side of it.
  Status RefuseFrom(const WholeJournal& journal, std::size_t first);
  edgekeep::Result<bool> IsInJournals(const JournalledIdentity& identity, const std::string& place);
  edgekeep::Result<Digest> RootAt(const WholeJournal& journal, std::uint64_t size) const;
  template <typename Key>
  void JudgeDoubles(ProblemKind kind, const char* what, Key key);
  void JudgeRetiredChips();
  void Count();
  bool IsRetired(const Unit& unit) const;

  const crypto::Provider& provider_;
  const Production& production_;
  std::vector<WholeJournal> journals_;
  std::map<CertificateDigest, Unit> units_;
  std::vector<Unit> more_;  // further entries of certificates that are units already
  std::set<std::pair<CertificateDigest, std::string>> strays_;  // and who entered them
  std::set<CertificateDigest> voided_;
  std::set<CertificateDigest> refused_;
  Reconciliation result_;
};

std::string TicketText(const Unit& unit) {
  return "ticket " + std::to_string(unit.ticket.number);
}

std::string DeviceText(const Unit& unit) {
  return "device " + std::string(ToHex(unit.device.view()).view().substr(0, 16));
}

Status Reconciler::Read(const JournalCopy& copy) {
  const auto checkpoint = production_.stations.Verify(provider_, copy.note);
  if (!checkpoint) {
    Raise(ProblemKind::kBrokenJournal, copy.place, std::string("its checkpoint: ") + NameOf(checkpoint.error().code()));
    return {};
  }
  std::vector<std::string> contents;
  const Status whole = log::CheckLogFiles(provider_, *copy.storage, copy.prefix, checkpoint->head(),
                                          [&](std::uint64_t, const formats::LogEntry& entry) -> Status {
                                            contents.emplace_back(AsText(entry.content));
                                            return {};
                                          });
  if (!whole) {
    Raise(ProblemKind::kBrokenJournal, copy.place, std::string(whole.error().where()));
    return {};
  }
  journals_.push_back({&copy, std::string(checkpoint->origin()), checkpoint->head(), std::move(contents)});
  return ReadContents(journals_.back());
}

Status Reconciler::ReadContents(const WholeJournal& journal) {
  for (std::size_t i = 0; i < journal.contents.size(); ++i) {
    const ByteView content = AsBytes(journal.contents[i]);
    const auto kind = formats::KindOfLogContent(content);
    const bool is_void = kind && *kind == formats::LogContentKind::kVoided;
    EK_TRY(is_void ? ReadVoid(journal, i) : Add(content, {journal.origin, journal.copy->place}));
  }
  return {};
}

// An earlier identity of the same journal, which its station says counts no more. What it says of nothing, or of
// another order's, is that station's own business.
Status Reconciler::ReadVoid(const WholeJournal& journal, std::size_t at) {
  const auto voided = formats::DecodeVoided(AsBytes(journal.contents[at]));
  if (!voided || voided->index >= at) {
    Raise(ProblemKind::kForeignEntry, journal.copy->place, "an entry that voids what is no identity");
    return {};
  }
  const auto provisioned = formats::DecodeProvisioned(AsBytes(journal.contents[voided->index]));
  if (!provisioned) return {};
  EK_TRY_ASSIGN(const CertificateDigest digest, DigestOfCertificate(provider_, provisioned->certificate));
  if (IsOwn(*provisioned, journal.origin)) voided_.insert(digest);
  return {};
}

Status Reconciler::Add(ByteView content, const Source& source) {
  const std::string& place = source.place;
  const auto provisioned = formats::DecodeProvisioned(content);
  if (!provisioned) {
    Raise(ProblemKind::kForeignEntry, place, "an entry that is no identity");
    return {};
  }
  if (provisioned->order != production_.order.id()) return {};
  EK_TRY_ASSIGN(const CertificateDigest digest, DigestOfCertificate(provider_, provisioned->certificate));
  if (NoteStray(*provisioned, digest, source)) return {};
  const auto [at, is_new] =
      units_.insert({digest, {digest, provisioned->ticket, provisioned->chip, provisioned->device, place}});
  if (!is_new) {
    const bool is_same = at->second.ticket.number == provisioned->ticket.number &&
                         at->second.chip == provisioned->chip && at->second.device == provisioned->device;
    if (is_same) return {};
    NoteTwice(at->second, *provisioned, place);
    // All that it was entered with counts as used.
    more_.push_back({digest, provisioned->ticket, provisioned->chip, provisioned->device, place});
    return {};
  }
  return JudgeCertificate(at->second, *provisioned);
}

// The certificate does not say by which ticket it was issued: whoever of the two entered what is not theirs, people
// have to find out, at both places.
void Reconciler::NoteTwice(const Unit& unit, const formats::Provisioned& again, const std::string& place) {
  const auto told = [&](std::uint32_t here, const std::string& there, std::uint32_t other) {
    return DeviceText(unit) + " by ticket " + std::to_string(here) + ": its certificate is at " + there +
           " by ticket " + std::to_string(other) + " as well";
  };
  RefuseAs(ProblemKind::kTicketTwice, unit, told(unit.ticket.number, place, again.ticket.number));
  if (place != unit.place)
    Raise(ProblemKind::kTicketTwice, place, told(again.ticket.number, unit.place, unit.ticket.number));
}

bool Reconciler::IsOwn(const formats::Provisioned& provisioned, std::string_view origin) const {
  const VerifiedOrder& order = production_.order;
  return provisioned.order == order.id() && order.CheckShare(origin, provisioned.ticket.number) &&
         order.CheckTicket(provider_, provisioned.ticket);
}

// It uses nothing and hurts nobody: who has seen an identity knows all that another station would have to enter.
bool Reconciler::NoteStray(const formats::Provisioned& provisioned, const CertificateDigest& digest,
                           const Source& source) {
  if (IsOwn(provisioned, source.origin)) return false;
  const Status of_order = production_.order.CheckTicket(provider_, provisioned.ticket);
  const std::string device = "device " + std::string(ToHex(provisioned.device.view()).view().substr(0, 16));
  const std::string ticket = std::to_string(provisioned.ticket.number);
  if (!strays_.insert({digest, std::string(source.origin)}).second) return true;
  if (of_order) {
    Raise(ProblemKind::kForeignTicket, source.place,
          device + " by ticket " + ticket + ", which is none of " + std::string(source.origin) + "'s");
  } else {
    Raise(ProblemKind::kUnknownTicket, source.place, device + ": " + of_order.error().where());
  }
  return true;
}

Status Reconciler::JudgeCertificate(const Unit& unit, const formats::Provisioned& provisioned) {
  const edgekeep::Result<VerifiedSubject> subject = production_.check(provisioned.certificate);
  Status said = subject ? CheckSubject(*subject, provisioned, production_.order.product()) : Status(subject.error());
  if (said && subject->hardware != production_.order.hardware()) {
    said = Error(ErrorCode::kWrongProduct, "the certificate is for another type of hardware");
  }
  if (!said) RefuseAs(ProblemKind::kFalseCertificate, unit, DeviceText(unit) + ": " + said.error().where());
  return {};
}

Status Reconciler::RefuseFrom(const WholeJournal& journal, std::size_t first) {
  for (std::size_t i = first; i < journal.contents.size(); ++i) {
    const auto provisioned = formats::DecodeProvisioned(AsBytes(journal.contents[i]));
    if (!provisioned || !IsOwn(*provisioned, journal.origin)) continue;
    EK_TRY_ASSIGN(const CertificateDigest digest, DigestOfCertificate(provider_, provisioned->certificate));
    refused_.insert(digest);
  }
  return {};
}

Result<Digest> Reconciler::RootAt(const WholeJournal& journal, std::uint64_t size) const {
  return log::TreeReader(provider_, *journal.copy->storage, journal.copy->prefix, journal.head.size).Root(size);
}

// Of one station, each journal must be the beginning of the longest.
Status Reconciler::CompareJournals() {
  std::map<std::string, const WholeJournal*> longest;
  for (const WholeJournal& journal : journals_) {
    const WholeJournal*& best = longest[journal.origin];
    if (best == nullptr || best->head.size < journal.head.size) best = &journal;
  }
  for (const WholeJournal& journal : journals_) {
    const WholeJournal& other = *longest[journal.origin];
    EK_TRY_ASSIGN(const Digest root, RootAt(other, journal.head.size));
    if (root == journal.head.root) continue;
    Raise(ProblemKind::kForkedJournal, journal.copy->place,
          "of " + journal.origin + ", and not the beginning of " + other.copy->place);
    const auto fork = std::ranges::mismatch(journal.contents, other.contents);
    const auto first = static_cast<std::size_t>(fork.in1 - journal.contents.begin());
    EK_TRY(RefuseFrom(journal, first));
    EK_TRY(RefuseFrom(other, first));
  }
  return {};
}

// False, and a problem, where the station hides what it gave a device.
Result<bool> Reconciler::IsInJournals(const JournalledIdentity& identity, const std::string& place) {
  bool is_forked = false;
  for (const WholeJournal& journal : journals_) {
    if (journal.origin != identity.origin() || journal.head.size < identity.head().size) continue;
    EK_TRY_ASSIGN(const Digest root, RootAt(journal, identity.head().size));
    if (root == identity.head().root) return true;
    is_forked = true;
    const std::size_t at = identity.index();
    if (at < journal.contents.size() && journal.contents[at] != identity.content()) EK_TRY(RefuseFrom(journal, at));
  }
  is_forked ? Raise(ProblemKind::kNotInJournal, place,
                    identity.origin() + " shows a journal in which this identity's checkpoint is not")
            : Raise(ProblemKind::kShortJournal, place,
                    identity.origin() + " shows no journal of " + std::to_string(identity.head().size) + " entries");
  return false;
}

Status Reconciler::Take(const PresentedIdentity& presented) {
  const auto identity = JournalledIdentity::Verify(provider_, production_.stations, presented.bytes);
  if (!identity) {
    Raise(ProblemKind::kFalseIdentity, presented.place, identity.error().where());
    return {};
  }
  const formats::Provisioned provisioned = identity->provisioned();
  if (provisioned.order != production_.order.id()) return {};
  EK_TRY_ASSIGN(const CertificateDigest digest, DigestOfCertificate(provider_, provisioned.certificate));
  EK_TRY_ASSIGN(const bool is_shown, IsInJournals(*identity, presented.place));
  EK_TRY(Add(AsBytes(identity->content()), {identity->origin(), presented.place}));
  if (!is_shown && IsOwn(provisioned, identity->origin())) refused_.insert(digest);
  return {};
}

template <typename Key>
void Reconciler::JudgeDoubles(ProblemKind kind, const char* what, Key key) {
  std::map<decltype(key(std::declval<const Unit&>())), std::vector<const Unit*>> by_key;
  const bool may_be_void = kind != ProblemKind::kTicketTwice;
  for (const auto& [digest, unit] : units_) {
    if (!may_be_void || !voided_.contains(digest)) by_key[key(unit)].push_back(&unit);
  }
  for (const Unit& unit : more_) {
    std::vector<const Unit*>& group = by_key[key(unit)];
    const auto is_same = [&](const Unit* other) { return other->certificate == unit.certificate; };
    if (std::ranges::none_of(group, is_same)) group.push_back(&unit);
  }
  for (const auto& [ignored, group] : by_key) {
    if (group.size() < 2) continue;
    for (const Unit* unit : group) {
      RefuseAs(kind, *unit, DeviceText(*unit) + " by " + TicketText(*unit) + ": " + what);
    }
  }
}

Status Reconciler::Judge() {
  refused_.insert(voided_.begin(), voided_.end());
  JudgeDoubles(ProblemKind::kTicketTwice, "the ticket has another identity as well",
               [](const Unit& unit) { return unit.ticket.number; });
  JudgeDoubles(ProblemKind::kChipTwice, "the chip has another identity as well",
               [](const Unit& unit) { return unit.chip; });
  JudgeDoubles(ProblemKind::kDeviceTwice, "the key has another identity as well",
               [](const Unit& unit) { return unit.device; });
  JudgeRetiredChips();
  Count();
  return {};
}

// A chip that was cleared makes another key. What others claim too is left to people: nobody retires others' chips.
void Reconciler::JudgeRetiredChips() {
  std::set<formats::ChipId> chips(production_.chips_before.begin(), production_.chips_before.end());
  for (const auto& [digest, unit] : units_) {
    const bool is_disputed = refused_.contains(digest) && !voided_.contains(digest);
    if (IsRetired(unit) && !is_disputed) chips.insert(unit.chip);
  }
  for (const auto& [digest, unit] : units_) {
    if (!chips.contains(unit.chip) || IsRetired(unit) || refused_.contains(digest)) continue;
    RefuseAs(ProblemKind::kChipRetired, unit,
             DeviceText(unit) + " by " + TicketText(unit) + ": the device that its chip was retired, for good");
  }
  result_.retired_chips.assign(chips.begin(), chips.end());
}

bool Reconciler::IsRetired(const Unit& unit) const {
  return std::ranges::find(production_.retired, unit.device) != production_.retired.end() ||
         std::ranges::find(production_.retired_before, unit.certificate) != production_.retired_before.end();
}

void Reconciler::Count() {
  std::set<std::uint32_t> used;
  for (const auto& [digest, unit] : units_) {
    const bool is_refused = refused_.contains(digest);
    const bool is_retired = !is_refused && IsRetired(unit);
    (is_refused ? result_.refused : is_retired ? result_.retired : result_.accepted).push_back(digest);
    if (!is_refused) used.insert(unit.ticket.number);
  }
  std::set<CertificateDigest> alone;
  for (const auto& [digest, origin] : strays_) {
    if (!units_.contains(digest)) alone.insert(digest);
  }
  result_.refused.insert(result_.refused.end(), alone.begin(), alone.end());
  std::ranges::sort(result_.refused);
  // Whose journal nobody shows this time retired all the same.
  std::ranges::copy_if(
      production_.retired_before, std::back_inserter(result_.retired),
      [&](const CertificateDigest& digest) { return !units_.contains(digest) && !alone.contains(digest); });
  std::ranges::sort(result_.retired);
  result_.produced = units_.size();
  result_.strays = alone.size();
  result_.voided = voided_.size();
  result_.missing = result_.units - static_cast<std::uint32_t>(used.size());
  if (result_.produced > result_.units) {
    Raise(ProblemKind::kOverProduction, "order",
          std::to_string(result_.produced) + " identities for " + std::to_string(result_.units) + " units");
  }
}

}  // namespace

const char* NameOf(ProblemKind kind) noexcept {
  constexpr std::array kNames = {"forked-journal",  "broken-journal", "foreign-entry", "not-in-journal",
                                 "short-journal",   "false-identity", "ticket-twice",  "unknown-ticket",
                                 "foreign-ticket",  "chip-twice",     "device-twice",  "false-certificate",
                                 "over-production", "chip-retired"};
  return kNames[std::to_underlying(kind)];
}

bool Reconciliation::has_whole_journals() const noexcept {
  constexpr std::array kNotWhole = {ProblemKind::kForkedJournal, ProblemKind::kBrokenJournal,
                                    ProblemKind::kForeignEntry, ProblemKind::kNotInJournal, ProblemKind::kShortJournal};
  return std::ranges::none_of(
      problems, [&](const Problem& problem) { return std::ranges::find(kNotWhole, problem.kind) != kNotWhole.end(); });
}

Result<Reconciliation> Reconcile(const crypto::Provider& provider, const Production& production,
                                 const std::vector<JournalCopy>& journals,
                                 const std::vector<PresentedIdentity>& presented) {
  Reconciler reconciler(provider, production);
  for (const JournalCopy& copy : journals) EK_TRY(reconciler.Read(copy));
  EK_TRY(reconciler.CompareJournals());
  for (const PresentedIdentity& identity : presented) EK_TRY(reconciler.Take(identity));
  EK_TRY(reconciler.Judge());
  return std::move(reconciler).Result();
}

}  // namespace edgekeep::factory
