// Reconciling: an order against the journals of its stations, and against identities that were found in the field.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/factory/identity.h"
#include "edgekeep/log/storage.h"

namespace edgekeep::factory {

enum class ProblemKind : std::uint8_t {
  kForkedJournal,     // two journals of one station that are not one
  kBrokenJournal,     // signed, and its files are not what was signed
  kForeignEntry,      // in a journal, and no identity
  kNotInJournal,      // an identity whose checkpoint is not of the journal that the station shows
  kShortJournal,      // a device has a later checkpoint than the station shows
  kFalseIdentity,     // of no station that is known, or changed
  kTicketTwice,       // two identities of one ticket
  kUnknownTicket,     // none of the order's
  kForeignTicket,     // another station's
  kChipTwice,         // two identities in one chip
  kDeviceTwice,       // one key with two identities
  kFalseCertificate,  // not by the factory's authority, or it says something else than entry and order
  kOverProduction,    // more identities than units were ordered
  kChipRetired,       // a second identity of a chip whose device had retired
};

// "ticket-twice": for machines, never changed.
const char* NameOf(ProblemKind kind) noexcept;

struct Problem {
  ProblemKind kind = ProblemKind::kBrokenJournal;
  std::string place;
  std::string text;  // for people
};

// A journal's public files, as somebody handed them over.
struct JournalCopy {
  std::string place;
  const log::Storage* storage = nullptr;
  std::string prefix;  // before every path
  std::string note;    // the checkpoint
};

// An identity that somebody has, of a device in the field.
struct PresentedIdentity {
  std::string place;
  std::string bytes;
};

struct Reconciliation {
  std::uint32_t units = 0;    // that were ordered
  std::size_t produced = 0;   // identities by their stations' own tickets, whatever they are worth
  std::size_t strays = 0;     // refused: entered by nobody whose ticket it is
  std::size_t voided = 0;     // that count no more, by their station's word
  std::uint32_t missing = 0;  // tickets without an identity that is taken
  std::vector<formats::CertificateDigest> accepted, refused, retired;  // ascending
  std::vector<formats::ChipId> retired_chips;                          // likewise: by this order or another one
  std::vector<Problem> problems;

  bool is_clean() const noexcept { return problems.empty(); }

  // Whether every journal that was shown is whole, and all that its station ever signed for.
  bool has_whole_journals() const noexcept;
};

// Whose word it is about: an order, the stations whose journals are believed, who issues certificates.
struct Production {
  const VerifiedOrder& order;
  const release::log::Policy& stations;
  CertificateCheck check;
  // Who retired for good: by their certificates, and by the list before, which nobody comes off.
  std::vector<DeviceId> retired = {};
  std::vector<formats::CertificateDigest> retired_before = {};
  // Chips whose devices had retired by the list before, or by other orders' lists: none gets another identity.
  std::vector<formats::ChipId> chips_before = {};
};

// Entries of other orders are passed over. What is wrong with what was handed over is a problem; fails only where
// reading does.
Result<Reconciliation> Reconcile(const crypto::Provider& provider, const Production& production,
                                 const std::vector<JournalCopy>& journals,
                                 const std::vector<PresentedIdentity>& presented);

// Whether a list is made although journals are not whole: an identity on it may have a twin that nobody showed.
enum class Despite : std::uint8_t { kNothing, kJournalsThatAreNotWhole };

// The list, signed by the order's owner. Fails with kTooLarge for more than kMaxListedIdentities, with kBadState where
// journals are not whole.
Result<std::string> MakeList(const crypto::Provider& provider, const VerifiedOrder& order,
                             const Reconciliation& reconciliation, UnixTime now,
                             std::span<const sealing::SigningKey* const> keys, Despite despite = Despite::kNothing);

// That `next` may take the place of `before`, of the same order: it is not older, and who had retired is retired, or
// refused, by it too, and so are their chips. One that left somebody out would be followed by one that takes them.
// Fails with kWrongVersion.
Status CheckFollows(const formats::IdentityList& before, const formats::IdentityList& next);

}  // namespace edgekeep::factory
