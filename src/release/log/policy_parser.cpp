#include "policy_parser.h"

#include <algorithm>

#include "edgekeep/release/log/lines.h"

namespace edgekeep::release::log {
namespace {

constexpr std::string_view kNobody = "none";

bool IsAllowed(char c) noexcept {
  return (static_cast<unsigned char>(c) >= ' ' && c != '\x7F') || c == '\t' || c == '\n';
}

Status CheckCharacters(std::string_view text) {
  return std::ranges::all_of(text, IsAllowed) ? Status() : Malformed("log policy: control character");
}

Status ExpectNoMore(std::string_view rest) {
  return TakeWord(rest).empty() ? Status() : Malformed("log policy: line goes on");
}

Result<unsigned> ThresholdOf(std::string_view word, unsigned num_members) {
  if (word == "all") return num_members;
  if (word == "any") return 1U;
  EK_TRY_ASSIGN(const std::uint64_t threshold, ParseDecimal(word));
  if (threshold == 0 || threshold > num_members) return Malformed("log policy: threshold");
  return static_cast<unsigned>(threshold);
}

bool MayBeOf(SignatureType type, bool is_log) noexcept {
  return type != (is_log ? SignatureType::kEd25519Cosignature : SignatureType::kEd25519);
}

}  // namespace

Status PolicyParser::Parse(std::string_view text) {
  EK_TRY(CheckCharacters(text));
  while (!text.empty()) {
    EK_TRY_ASSIGN(const std::string_view line, TakeLine(text));
    EK_TRY(ParseLine(line));
  }
  return has_quorum_ ? Status() : Malformed("log policy: no quorum line");
}

Status PolicyParser::ParseLine(std::string_view line) {
  const std::string_view word = TakeWord(line);
  if (word.empty() || word.starts_with('#')) return {};
  if (word == "log") return ParseLog(line);
  if (word == "witness") return ParseWitness(line);
  if (word == "group") return ParseGroup(line);
  if (word == "quorum") return ParseQuorum(line);
  return Malformed("log policy: unknown line");
}

Status PolicyParser::ParseLog(std::string_view rest) {
  if (num_logs_ == kMaxLogs) return Error(ErrorCode::kTooLarge, "log policy: logs");
  ++num_logs_;
  const std::string_view vkey = TakeWord(rest);
  const std::string_view url = TakeWord(rest);
  EK_TRY(ExpectNoMore(rest));
  return AddParty({.is_log = true, .name = {}, .url = url}, vkey);
}

Status PolicyParser::ParseWitness(std::string_view rest) {
  if (parties_.size() - num_logs_ == kMaxWitnesses) return Error(ErrorCode::kTooLarge, "log policy: witnesses");
  const std::string_view name = TakeWord(rest);
  const std::string_view vkey = TakeWord(rest);
  const std::string_view url = TakeWord(rest);
  EK_TRY(ExpectNoMore(rest));
  EK_TRY(CheckNewName(name));
  return AddParty({.is_log = false, .name = name, .url = url}, vkey);
}

Status PolicyParser::AddParty(const PolicyParty& party, std::string_view vkey) {
  EK_TRY_ASSIGN(const VerifierKey key, VerifierKey::Parse(provider_, vkey));
  EK_TRY(CheckKey(key, party.is_log));
  EK_TRY(keys_.PushBack(key));
  return parties_.PushBack(party);
}

// One key, whatever it is called, speaks for one party: a witness that is the log itself would be none.
Status PolicyParser::CheckKey(const VerifierKey& key, bool is_log) const {
  if (!MayBeOf(key.type(), is_log)) return Error(ErrorCode::kUnsupported, "log policy: type of a key");
  for (const VerifierKey& other : keys_) {
    if (Equal(key.public_key(), other.public_key())) return Malformed("log policy: key twice");
    if (key.id() == other.id() && key.name() == other.name()) return Malformed("log policy: key id twice");
  }
  return {};
}

Status PolicyParser::ParseGroup(std::string_view rest) {
  const std::string_view name = TakeWord(rest);
  const std::string_view threshold = TakeWord(rest);
  EK_TRY(CheckNewName(name));
  EK_TRY_ASSIGN(const Members members, TakeMembers(rest));
  EK_TRY_ASSIGN(const unsigned needed, ThresholdOf(threshold, members.Count()));
  EK_TRY(group_names_.PushBack(name));
  return quorum_.AddGroup({.threshold = needed, .members = members});
}

Result<Members> PolicyParser::TakeMembers(std::string_view rest) {
  Members members;
  for (std::string_view word = TakeWord(rest); !word.empty(); word = TakeWord(rest)) {
    EK_TRY_ASSIGN(const Members found, Find(word));
    const bool is_taken =
        ((found.parties & members_of_groups_.parties) != 0) || ((found.groups & members_of_groups_.groups) != 0);
    if (is_taken) return Malformed("log policy: member twice");
    members.parties |= found.parties;
    members.groups |= found.groups;
    members_of_groups_.parties |= found.parties;
    members_of_groups_.groups |= found.groups;
  }
  if (members.Count() == 0) return Malformed("log policy: group without members");
  return members;
}

Status PolicyParser::ParseQuorum(std::string_view rest) {
  if (has_quorum_) return Malformed("log policy: quorum twice");
  has_quorum_ = true;
  const std::string_view name = TakeWord(rest);
  EK_TRY(ExpectNoMore(rest));
  if (name == kNobody) return {};
  EK_TRY_ASSIGN(const Members demanded, Find(name));
  quorum_.Demand(demanded);
  return {};
}

Result<Members> PolicyParser::Find(std::string_view name) const {
  for (std::size_t i = 0; i < parties_.size(); ++i) {
    if (!parties_[i].is_log && parties_[i].name == name) return Members{.parties = std::uint64_t{1} << i, .groups = 0};
  }
  for (std::size_t i = 0; i < group_names_.size(); ++i) {
    if (group_names_[i] == name) return Members{.parties = 0, .groups = std::uint32_t{1} << i};
  }
  return Malformed("log policy: unknown name");
}

Status PolicyParser::CheckNewName(std::string_view name) const {
  if (name.empty() || name == kNobody) return Malformed("log policy: name");
  return Find(name) ? Malformed("log policy: name twice") : Status();
}

}  // namespace edgekeep::release::log
