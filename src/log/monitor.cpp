#include "edgekeep/log/monitor.h"

#include <algorithm>
#include <iterator>

#include "audit_wording.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/json/text.h"

namespace edgekeep::log {
namespace {

using formats::LogContentKind;

constexpr std::size_t kMaxState = 4096;

// Approvals, rejections and verdicts are decisions about what somebody proposed.
bool Begins(const AuditedEntry& entry) {
  return entry.kind != LogContentKind::kApproval && entry.kind != LogContentKind::kRejection &&
         entry.kind != LogContentKind::kVerdict;
}

// Of the first `size` entries.
Result<Digest> DigestOfSigned(const crypto::Provider& provider, const AuditReport& report, std::uint64_t size) {
  std::string bits(size, '0');
  for (std::size_t i = 0; i < size; ++i) bits[i] = report.entries[i].is_signed ? '1' : '0';
  return crypto::Sha256(provider, {AsBytes(bits)});
}

std::string DescribeUnproposed(const AuditedEntry& entry) {
  const std::string kind = entry.kind ? NameOf(*entry.kind) : "entry";
  return "nobody here proposed this " + kind + ", content " + std::string(ToHex(entry.digest.view()).view()) +
         (entry.what.empty() ? "" : ": " + entry.what);
}

// Whether the entries are those of before, the audit tells: it was given the head of then.
std::optional<Concern> CompareWithBefore(const LogSource& source, const MonitorState& before) {
  using enum ConcernKind;
  const release::log::TreeHead& head = source.checkpoint.head();
  if (source.checkpoint.origin() != before.origin) return Concern{kForked, {}, "another log than before"};
  if (head.size < before.head.size) {
    return Concern{
        kWentBack,
        {},
        "the log has " + std::to_string(head.size) + " entries, before it had " + std::to_string(before.head.size)};
  }
  const UnixTime cosigned = source.checkpoint.cosigned_at();
  if (cosigned.value != 0 && cosigned < before.cosigned_at) {
    return Concern{kWentBack, {}, "the checkpoint is older than the one before"};
  }
  return std::nullopt;
}

template <typename Id>
Status ReadId(const json::Object& object, std::string_view name, Id& out) {
  const json::Value* found = object.Find(name);
  if (found == nullptr) return Error(ErrorCode::kMalformed, "state of a monitor");
  EK_TRY_ASSIGN(const std::string_view hex, found->AsText());
  if (!FromHex(hex, out.mutable_view())) return Error(ErrorCode::kMalformed, "state of a monitor");
  return {};
}

Status ReadNumber(const json::Object& object, std::string_view name, std::uint64_t& out) {
  const json::Value* found = object.Find(name);
  if (found == nullptr) return Error(ErrorCode::kMalformed, "state of a monitor");
  EK_TRY_ASSIGN(out, found->AsUnsigned());
  return {};
}

}  // namespace

std::string WriteMonitorState(const MonitorState& state) {
  json::Object object;
  object.Set("origin", state.origin).Set("size", state.head.size);
  object.Set("root", ToHex(state.head.root.view()).view()).Set("cosigned_at", state.cosigned_at.value);
  object.Set("signed", ToHex(state.signed_entries.view()).view());
  return json::Write(object) + "\n";
}

Result<MonitorState> ParseMonitorState(std::string_view text) {
  EK_TRY_ASSIGN(const json::Value value, json::Parse(text, {.max_bytes = kMaxState, .max_depth = 2}));
  EK_TRY_ASSIGN(const json::Object* object, value.AsObject());
  MonitorState state;
  const json::Value* origin = object->Find("origin");
  if (origin == nullptr || object->members().size() != 5) return Error(ErrorCode::kMalformed, "state of a monitor");
  EK_TRY_ASSIGN(const std::string_view name, origin->AsText());
  state.origin = name;
  EK_TRY(ReadNumber(*object, "size", state.head.size));
  EK_TRY(ReadId(*object, "root", state.head.root));
  EK_TRY(ReadNumber(*object, "cosigned_at", state.cosigned_at.value));
  EK_TRY(ReadId(*object, "signed", state.signed_entries));
  if (WriteMonitorState(state) != text) return Error(ErrorCode::kMalformed, "state of a monitor");
  return state;
}

Result<MonitorLook> LookAgain(const crypto::Provider& provider, const LogSource& source, const MonitorOrder& order,
                              UnixTime now) {
  const std::uint64_t seen = order.before ? order.before->head.size : 0;
  LogSource read = source;
  const bool is_longer = order.before && order.before->head.size <= source.checkpoint.head().size;
  if (is_longer) read.earlier.push_back({order.before->head, order.before->cosigned_at});
  EK_TRY_ASSIGN(AuditReport report, Audit(provider, read, order.trust, now, seen));
  MonitorLook look;
  if (order.before) {
    if (std::optional<Concern> changed = CompareWithBefore(source, *order.before)) {
      look.concerns.push_back(*std::move(changed));
      return look;
    }
  }
  // By checkpoints that others kept: what is remembered of a fork would make the real log look like one.
  if (!report.IsTheLogSeenBefore()) {
    std::ranges::copy_if(report.concerns, std::back_inserter(look.concerns), IsOfAnotherLog);
    return look;
  }
  look.num_new = report.entries.size() - seen;
  // Statements come with their entries and stay: one that came later was not there when the log took the entry.
  EK_TRY_ASSIGN(const Digest signed_before, DigestOfSigned(provider, report, seen));
  if (order.before && signed_before != order.before->signed_entries) {
    look.concerns.push_back({ConcernKind::kStatementsChanged,
                             {},
                             "entries are signed now that were not when they were seen, or the other way round: "
                             "statements were changed, or other people are believed than before"});
  }
  AuditReport unproposed;
  for (std::uint64_t i = seen; order.known && i < report.entries.size(); ++i) {
    const AuditedEntry& entry = report.entries[i];
    if (!Begins(entry) || order.known->contains(entry.digest)) continue;
    unproposed.Raise({ConcernKind::kUnproposed, entry.index, DescribeUnproposed(entry)});
  }
  std::ranges::move(report.concerns, std::back_inserter(look.concerns));
  std::ranges::move(unproposed.concerns, std::back_inserter(look.concerns));
  look.further_concerns = report.further_concerns + unproposed.further_concerns;
  look.next = MonitorState{.origin = std::string(source.checkpoint.origin()),
                           .head = source.checkpoint.head(),
                           .cosigned_at = source.checkpoint.cosigned_at(),
                           .signed_entries = {}};
  EK_TRY_ASSIGN(look.next->signed_entries, DigestOfSigned(provider, report, report.entries.size()));
  return look;
}

}  // namespace edgekeep::log
