// The notary at work on a log: reads who said what, gives each release that is due its one signed verdict.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "edgekeep/log/docket.h"
#include "edgekeep/log/log.h"
#include "edgekeep/log/trust.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::log {

// A log's public files, of which the first `head.size` entries are read.
struct LogView {
  const crypto::Provider& provider;
  const Storage& storage;
  std::string prefix;  // "public/", or "" in an exported directory
  std::string origin;  // whose verdicts count: those on another log of the same people do not
  release::log::TreeHead head;
};

using StatementReader = std::function<void(LoggedStatement)>;

// Hands every entry to `see`, in order, with the one who signed it by the keys of then (decision 0105). Fails
// as CheckLogFiles, and where a statement cannot be read that is there: nothing is judged by half of a log.
Status ReadStatements(const LogView& view, const LogTrust& trust, const StatementReader& see);

// The same, by these signers wherever in the log.
Status ReadStatementsBy(const LogView& view, const KnownSigners& known, std::span<const std::uint8_t> required_classes,
                        const StatementReader& see);

// What a log has for its notary, the first of `trust.notaries`, who saw it at `seen` before. Requires roots and a
// notary. Fails with kUntrusted where it is not the log that was seen, or has no key ceremony of the newest root: what
// would be judged by the root before is not what anybody means, and by one that the log does not tell of nobody could
// replay (decision 0102).
Result<Docket> ReadDocket(const LogView& view, const LogTrust& trust, const std::vector<CosignedHead>& seen = {});

// Signs a verdict: the content, and the signed object over it.
struct NotaryKeys {
  std::string name;  // NotaryPolicy::notary
  std::vector<const sealing::SigningKey*> keys;
};

// One look of the notary at a log of `tree_size` entries.
struct Sitting {
  const crypto::Provider& provider;
  const NotaryKeys& keys;
  std::uint64_t tree_size = 0;
  UnixTime now;
};

struct GivenVerdict {
  std::uint64_t release_index = 0;
  std::vector<Finding> findings;  // none: favourable
  NewEntry entry;
};

// Where verdicts go; returns the index that the log has given.
using VerdictSink = std::function<Result<std::uint64_t>(const GivenVerdict&)>;

// Gives every release that is due its verdict, each when the one before has its place, so that the next is judged
// knowing it. `docket` has seen all entries of the log; it learns what is given. Whatever an entry holds, it
// gets a verdict. Ends with what `sink` fails with: what it took is given, all else is due as before.
Result<std::vector<GivenVerdict>> GiveVerdicts(const Sitting& sitting, Docket& docket, const VerdictSink& sink);

// Verdicts of a notary that does not append them itself, by the index of their release.
class VerdictFolder {
 public:
  virtual ~VerdictFolder() = default;
  // Nothing where it has none; else whether that one is favourable.
  virtual std::optional<bool> Find(std::uint64_t release_index) const = 0;
  virtual Status Add(const GivenVerdict& verdict) = 0;
};

// For a notary apart from its log, of which `docket` has seen all entries: judges by those alone, so that
// verdicts may be entered in any order. A release waits while another favourable verdict of its series is given and not
// in the log yet; a refusal keeps nobody waiting.
Result<std::vector<GivenVerdict>> GiveVerdictsApart(const Sitting& sitting, const Docket& docket,
                                                    VerdictFolder& folder);

}  // namespace edgekeep::log
