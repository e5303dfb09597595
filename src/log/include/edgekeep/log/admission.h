// Admission: what a log takes from whoever brings it (decision 0142): entries that count from where they would stand,
// signed by whom they name, each content once.
#pragma once
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgekeep/log/log.h"
#include "edgekeep/log/notary_desk.h"
#include "edgekeep/log/trust.h"

namespace edgekeep::log {

class LogSigners;

// What of a submission is new to the log, in its order, and by whom each is.
struct Admitted {
  std::vector<NewEntry> entries;
  std::vector<std::string> signers;  // of each entry; the root's quorum has none of the names that people have
};

class Admission {
 public:
  // Borrows both. Without notaries no verdict is anybody's.
  Admission(const crypto::Provider& provider, const LogTrust& trust);
  ~Admission();

  // Reads what the log has since it read last. It is the reader's own log: nothing is verified against the checkpoint.
  // Fails with kBadState where the log is shorter than it was, and as reading does; what was read stays.
  Status Read(const LogView& view);

  std::uint64_t size() const noexcept { return size_; }

  // Judges signed objects of type edgekeep/log-entry as entries to come next, all or none. A content that the log has,
  // from an entry that counts, is passed over without looking at who signed it. Fails with kUntrusted where one is not
  // signed by whom it names, in every class, by the keys that count now; kForbidden for a verdict on another log,
  // or on no release of this one that is without one, and for a ceremony that is of neither the root in force nor the
  // next one, or said already; kUnsupported for what belongs into no log of releases; kMalformed or kTooLarge for what
  // is no such object. `number` says which one it was.
  Result<Admitted> Admit(std::span<const std::string_view> statements, std::size_t& number) const;

 private:
  // What is said once: a release's verdict, what a root says of a role. A number and the role, "" for a verdict.
  using Place = std::pair<std::uint64_t, std::string>;

  std::optional<std::string> SignerAt(std::uint64_t index, ByteView content, ByteView statement) const;
  bool HasPlaceAt(std::uint64_t index, ByteView content) const;
  bool IsOnOpenRelease(const formats::Verdict& verdict, std::uint64_t index) const;
  bool IsDueAt(std::uint64_t index, const formats::KeyCeremony& ceremony) const;
  std::optional<Place> PlaceOf(ByteView content) const;
  Result<NewEntry> Judge(std::string_view statement, std::string& signer) const;
  std::vector<formats::Holder> SignersOf(std::string_view statement, ByteView content, const std::string& signer) const;
  Result<std::string> CutDown(std::string_view statement, ByteView content, const std::string& signer) const;
  void SeePlace(std::uint64_t index, ByteView content, const formats::ContentDigest& digest, bool counts);
  Status See(const LogView& view, std::uint64_t index, ByteView leaf);

  const crypto::Provider* provider_;
  const LogTrust* trust_;
  std::unique_ptr<LogSigners> signers_;
  // Contents of entries that count: which time they need to be right, 1970 where they need none.
  std::map<formats::ContentDigest, UnixTime> counted_;
  std::map<std::uint64_t, formats::ContentDigest> open_;  // releases without a verdict, by index
  std::set<Place> announced_;                             // root and role
  UnixTime last_time_;
  std::string origin_;  // of the log that was read
  std::uint64_t size_ = 0;
};

// How much each signer may enter: what one person gone bad makes of a log is bounded. Whoever brings an entry may be
// somebody else: what is not entered in the end takes nothing.
class EntryRates {
 public:
  static constexpr std::uint64_t kAtOnce = 256;
  static constexpr std::uint64_t kSecondsEach = 60;

  // Whether each name has a place left, as often as it is there.
  bool Allows(const std::vector<std::string>& signers, UnixTime now) const;
  // Takes them, all or none. False where somebody has too few left.
  bool Take(const std::vector<std::string>& signers, UnixTime now);

 private:
  struct Left {
    std::uint64_t places = kAtOnce;
    UnixTime since;
  };

  Left LeftAt(const std::string& signer, UnixTime now) const;

  std::map<std::string, Left> left_;
};

}  // namespace edgekeep::log
