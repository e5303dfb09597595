// Power is cut before each operation of the storage, and unsynced work survives in part: what was acknowledged is
// there, and no checkpoint that anybody saw is a fork of what follows.
#include <cstdio>

#include "edgekeep/formats/log_entry.h"
#include "edgekeep/log/directory_check.h"
#include "edgekeep/log/log.h"
#include "edgekeep/log/tree_reader.h"
#include "faulty_storage.h"
#include "log_fixture.h"

namespace edgekeep::log {
namespace {

constexpr int kBefore = 250;
constexpr std::array kBatches = {3, 5, 1};  // across the border of a tile

struct Findings {
  int num_states = 0;
  std::vector<std::string> violations;
};

class LogPowerCut : public testing::Test {
 protected:
  LogPowerCut() {
    Log log = Log::Create(Cryptography(), before_, keys_.LogSigners(), kNow).value();
    EXPECT_TRUE(log.Append(EntriesOf(0, kBefore), kNow));
  }

  // Returns how many entries were acknowledged before the cut.
  int Work(FaultyStorage& storage) const {
    int acknowledged = kBefore;
    Result<Log> log = Log::Open(Cryptography(), storage, keys_.LogSigners());
    if (!log) return acknowledged;
    for (const int batch : kBatches) {
      if (!log->Append(EntriesOf(acknowledged, batch), kNow)) return acknowledged;
      acknowledged += batch;
    }
    return acknowledged;
  }

  // What is wrong with a storage after a cut; empty where nothing is. Appends other entries than those that may be
  // lost.
  std::string WhatIsWrong(FaultyStorage& storage, int acknowledged) const {
    Result<Log> log = Log::Open(Cryptography(), storage, keys_.LogSigners());
    if (!log) return std::string("does not open: ") + log.error().where();
    if (log->head().size < static_cast<std::uint64_t>(acknowledged)) return "acknowledged entries are lost";
    if (!log->Append(EntriesOf(10000, 7), kNow)) return "appends nothing";
    TreeReader tree(Cryptography(), storage, kPublicPrefix, log->head().size);
    for (const std::string& note : storage.published()) {
      const auto seen = release::log::ParseCheckpoint(release::log::ParseSignedNote(note)->text).value();
      if (seen.size > tree.size() || tree.Root(seen.size).value() != seen.root) return "fork of what somebody saw";
    }
    const auto is_as_acknowledged = [&](std::uint64_t index, const formats::LogEntry& entry) -> Status {
      const int number = static_cast<int>(index);
      const bool is_it = number >= acknowledged || AsText(entry.content) == ContentOf(number);
      return is_it ? Status() : Error(ErrorCode::kMalformed, "an acknowledged entry changed");
    };
    const Status whole = CheckLogFiles(Cryptography(), storage, kPublicPrefix, log->head(), is_as_acknowledged);
    return whole ? "" : std::string("files: ") + whole.error().where();
  }

  Findings Explore(const std::optional<std::string>& lies_below, std::uint64_t num_seeds, bool cut_recovery) const {
    Findings findings;
    for (std::uint64_t cut = 0;; ++cut) {
      const auto storage = before_.Copy();
      if (lies_below) storage->LieAboutSyncsBelow(*lies_below);
      storage->CutAt(cut);
      const int acknowledged = Work(*storage);
      for (std::uint64_t seed = 0; seed < num_seeds; ++seed) {
        const auto after = storage->AfterCut(seed * 1000 + (seed > 1 ? cut : 0));
        if (cut_recovery) CutRecovery(*after, acknowledged, cut, seed, findings);
        Note(WhatIsWrong(*after, acknowledged), cut, seed, findings);
      }
      if (storage->operations() < before_.operations() + cut) return findings;  // never reached
    }
  }

  void CutRecovery(const FaultyStorage& after, int acknowledged, std::uint64_t cut, std::uint64_t seed,
                   Findings& findings) const {
    for (std::uint64_t second = 0; second < 9; second += 2) {
      const auto storage = after.Copy();
      storage->CutAt(second);
      static_cast<void>(Log::Open(Cryptography(), *storage, keys_.LogSigners()));
      Note(WhatIsWrong(*storage->AfterCut(seed), acknowledged), cut, seed, findings);
    }
  }

  static void Note(const std::string& wrong, std::uint64_t cut, std::uint64_t seed, Findings& findings) {
    ++findings.num_states;
    if (wrong.empty()) return;
    findings.violations.push_back("cut at " + std::to_string(cut) + ", seed " + std::to_string(seed) + ": " + wrong);
  }

  TestKeys keys_{"log.example"};
  FaultyStorage before_;
};

TEST_F(LogPowerCut, LosesNothingAcknowledgedAndForksNothingSeen) {
  const Findings findings = Explore({}, 4, true);
  std::printf("log: %d states explored, %zu violations\n", findings.num_states, findings.violations.size());
  for (const std::string& violation : findings.violations) ADD_FAILURE() << violation;
  EXPECT_GT(findings.num_states, 500);
}

bool Has(const Findings& findings, const std::string& what) {
  return std::ranges::any_of(findings.violations, [&](const std::string& v) { return v.find(what) != v.npos; });
}

// Control: on a disk that lies about syncing acknowledged entries are lost.
TEST_F(LogPowerCut, ControlDiskThatLiesLosesEntries) {
  const Findings findings = Explore("", 3, false);
  EXPECT_TRUE(Has(findings, "acknowledged entries are lost") || Has(findings, "does not open"));
}

// Control: where the committed checkpoint is not on the disk before it is published, readers see forks.
TEST_F(LogPowerCut, ControlPublishingBeforeCommittingForks) {
  const Findings findings = Explore("state", 3, false);
  EXPECT_TRUE(Has(findings, "fork of what somebody saw") || Has(findings, "acknowledged entries are lost"));
}

}  // namespace
}  // namespace edgekeep::log
