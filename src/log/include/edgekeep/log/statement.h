// Statements: signed objects over contents of entries (spec/log-entries.md §4).
#pragma once
#include <optional>
#include <span>
#include <string>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/trust_bundle.h"
#include "edgekeep/log/storage.h"

namespace edgekeep::log {

enum class StatementForm : std::uint8_t {
  kNone,   // the entry has none, or somebody keeps it back
  kJunk,   // something else lies in its place
  kWhole,  // a signed object over the entry's content, whoever signed it
};

struct FoundStatement {
  StatementForm form = StatementForm::kNone;
  std::string bytes;
};

// What a log's files have as the statement of entry `index`. Fails where something is there that cannot be read.
Result<FoundStatement> ReadStatement(const Storage& storage, const std::string& prefix, std::uint64_t index,
                                     ByteView content);

// Whom a release, an approval or a rejection is by, as it says; nobody of other kinds, and of what is malformed.
std::optional<std::string> NamedBy(ByteView content);

// Whether `holder` signed exactly this content in every required class. Whatever other signatures are beside those,
// right or wrong, changes nothing: anybody may add some.
bool IsSignedBy(const crypto::Provider& provider, ByteView content, ByteView statement, const formats::Holder& holder,
                std::span<const std::uint8_t> required_classes);

struct KnownSigners {
  std::span<const formats::Holder> people;
  std::span<const formats::Holder> notaries;
};

// The one whom the content names, if they signed it: of `people` a release's author, an approval's or a rejection's
// holder; for a verdict, one of `notaries`. Nobody for what is the root's quorum's, and where the statement is missing,
// damaged, about another content, of one class only, or a stranger's: what is not proven was not said.
std::optional<std::string> SignerOf(const crypto::Provider& provider, ByteView content, ByteView statement,
                                    const KnownSigners& known, std::span<const std::uint8_t> required_classes);

}  // namespace edgekeep::log
