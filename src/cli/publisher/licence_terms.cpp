#include "licence_terms.h"

#include <CLI/CLI.hpp>

#include "arguments.h"
#include "edgekeep/formats/limits.h"
#include "times.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr std::uint64_t kMaxDays = 100 * 366;
constexpr std::uint64_t kAnyLater = std::numeric_limits<std::uint64_t>::max();

author::Outcome<UnixTime> ParseDate(const std::string& text, DayEdge edge) {
  const Result<UnixTime> time = ParseTime(text, edge);
  if (time && *time <= formats::kLatestTime) return *time;
  return author::Failure{ErrorCode::kBadArgument, "no date", "'" + text + "'",
                         "write 2030-01-31 or 2030-01-31T12:00:00Z (UTC)"};
}

author::Done CheckOrder(const TermArguments& arguments, const formats::LicenceTerms& terms, UnixTime now) {
  const bool over = arguments.not_before.empty() && terms.expires && *terms.expires <= now;
  if (over || (terms.expires && *terms.expires <= terms.not_before)) {
    return author::Failure{ErrorCode::kBadArgument, "the licence would end before it begins",
                           FormatTime(*terms.expires), "choose a later end"};
  }
  if (terms.first_sequence <= terms.last_sequence) return {};
  return author::Failure{ErrorCode::kBadArgument, "the first version is after the last",
                         std::to_string(terms.first_sequence.value), "exchange --from-version and --to-version"};
}

const char* IsolationName(formats::Isolation isolation) {
  switch (isolation) {
    case formats::Isolation::kProcess:
      return "process";
    case formats::Isolation::kVm:
      return "vm";
    case formats::Isolation::kTrustZone:
      return "trustzone";
  }
  return "unknown";
}

}  // namespace

void AddTermOptions(CLI::App& command, TermArguments& arguments) {
  CLI::Option* expires = command.add_option("--expires", arguments.expires,
                                            "last day (2030-01-31), or first second (2030-01-31T12:00:00Z) it is over");
  command.add_option("--days", arguments.days, "holds for so many days from now")
      ->check(WholeNumber(1, kMaxDays))
      ->excludes(expires);
  command.add_option("--not-before", arguments.not_before, "first day or second (default: a day ago)");
  command.add_option("--from-version", arguments.first_sequence, "first version sequence (default: any)")
      ->check(WholeNumber());
  command.add_option("--to-version", arguments.last_sequence, "last version sequence (default: any later one)")
      ->check(WholeNumber());
  const std::map<std::string, formats::Isolation> levels{{"process", formats::Isolation::kProcess},
                                                         {"vm", formats::Isolation::kVm},
                                                         {"trustzone", formats::Isolation::kTrustZone}};
  command.add_option("--isolation", arguments.isolation, "the least isolation it may run in (default: process)")
      ->transform(CLI::Transformer(levels, CLI::ignore_case))
      ->option_text("process|vm|trustzone");
  command.add_flag("--allow-export", arguments.allow_export,
                   "GIVES UP PROTECTION: the terms let programs on the device have the plaintext (edgekeep exec)");
  command.add_option("--calls", arguments.calls, "how many calls it allows in its whole life (default: no bound)")
      ->check(WholeNumber(1));
  command
      .add_option("--calls-per-minute", arguments.calls_per_minute,
                  "how many calls it allows in a minute, and at once (default: no bound)")
      ->check(WholeNumber(1, std::numeric_limits<std::uint32_t>::max()));
}

author::Outcome<formats::LicenceTerms> ParseTerms(const TermArguments& arguments, UnixTime now) {
  formats::LicenceTerms terms{.first_sequence = {arguments.first_sequence},
                              .last_sequence = {arguments.last_sequence},
                              .not_before = {now.value - std::min(now.value, kSecondsPerDay)},
                              .isolation_floor = arguments.isolation,
                              .allows_export = arguments.allow_export,
                              .call_budget = arguments.calls,
                              .calls_per_minute = arguments.calls_per_minute};
  if (!arguments.not_before.empty()) {
    EK_TRY_ASSIGN(terms.not_before, ParseDate(arguments.not_before, DayEdge::kStart));
  }
  if (!arguments.expires.empty()) {
    EK_TRY_ASSIGN(terms.expires, ParseDate(arguments.expires, DayEdge::kEnd));
  }
  if (arguments.days != 0) terms.expires = UnixTime{now.value + arguments.days * kSecondsPerDay};
  EK_TRY(CheckOrder(arguments, terms, now));
  return terms;
}

json::Object TermsToJson(const formats::LicenceTerms& terms) {
  json::Object object;
  object.Set("not_before", FormatTime(terms.not_before));
  object.Set("expires", terms.expires ? json::Value(FormatTime(*terms.expires)) : json::Value());
  object.Set("first_version_sequence", terms.first_sequence.value);
  const bool open_ended = terms.last_sequence.value == kAnyLater;
  object.Set("last_version_sequence", open_ended ? json::Value() : json::Value(terms.last_sequence.value));
  object.Set("isolation", IsolationName(terms.isolation_floor)).Set("export", terms.allows_export);
  object.Set("calls", terms.call_budget ? json::Value(*terms.call_budget) : json::Value());
  object.Set("calls_per_minute", terms.calls_per_minute ? json::Value(*terms.calls_per_minute) : json::Value());
  return object;
}

std::string TermsToText(const formats::LicenceTerms& terms) {
  std::string text = "  from        " + FormatTime(terms.not_before) + "\n";
  text += "  until       " + (terms.expires ? FormatTime(*terms.expires) : std::string("for ever")) + "\n";
  text += "  versions    from sequence " + std::to_string(terms.first_sequence.value);
  if (terms.last_sequence.value != kAnyLater) text += " to " + std::to_string(terms.last_sequence.value);
  text += "\n  isolation   " + std::string(IsolationName(terms.isolation_floor)) + " or stronger";
  if (terms.call_budget) text += "\n  calls       " + std::to_string(*terms.call_budget) + " in its whole life";
  if (terms.calls_per_minute) text += "\n  rate        " + std::to_string(*terms.calls_per_minute) + " calls a minute";
  if (terms.allows_export) text += "\n  export      ALLOWED: programs on the device may have the plaintext";
  return text;
}

}  // namespace edgekeep::cli::publisher
