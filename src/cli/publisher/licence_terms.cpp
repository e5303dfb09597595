#include "licence_terms.h"

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>

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

// More than a TPM's clock may lose when power is cut (2^22 ms), so that no cut is worth anything.
constexpr std::uint32_t kStartCharge = 4200;

author::Outcome<formats::Features> ParseFeatures(std::vector<std::string> names) {
  std::ranges::sort(names);
  formats::Features features;
  for (const std::string& name : names) {
    const auto allowed = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    };
    if (name.empty() || name.size() > formats::kMaxFeatureLength || !std::ranges::all_of(name, allowed)) {
      return author::Failure{ErrorCode::kBadArgument, "no feature's name", "'" + name + "'",
                             "use at most 32 of a-z, 0-9, '.' and '-'"};
    }
    if (!features.empty() && features[features.size() - 1].view() == name) continue;
    if (!features.PushBack(InlineString<formats::kMaxFeatureLength>::Truncated(name))) {
      return author::Failure{ErrorCode::kTooLarge, "more features than a licence names", name,
                             "name at most " + std::to_string(formats::kMaxFeatures)};
    }
  }
  return features;
}

author::Outcome<std::optional<formats::Lease>> ParseLease(const TermArguments& arguments) {
  if (arguments.lease.empty()) return std::optional<formats::Lease>();
  formats::Lease lease{.start_charge_seconds = kStartCharge, .clock_behind = arguments.clock_behind};
  EK_TRY_ASSIGN(lease.seconds, ParseSpan(arguments.lease));
  if (!arguments.grace.empty()) {
    EK_TRY_ASSIGN(lease.grace_seconds, ParseSpan(arguments.grace));
  }
  if (!arguments.start_charge.empty()) {
    EK_TRY_ASSIGN(lease.start_charge_seconds, ParseSpan(arguments.start_charge));
  }
  if (lease.seconds == 0) {
    return author::Failure{ErrorCode::kBadArgument, "no lease at all", "'" + arguments.lease + "'", "write 30d"};
  }
  return std::optional(lease);
}

const char* ClockBehindName(formats::ClockBehind behind) {
  switch (behind) {
    case formats::ClockBehind::kNote:
      return "note";
    case formats::ClockBehind::kCharge:
      return "charge";
    case formats::ClockBehind::kDeny:
      return "deny";
  }
  return "unknown";
}

std::string SpanText(std::uint64_t seconds) {
  constexpr std::uint64_t kHour = 3600;
  if (seconds % kSecondsPerDay == 0) return std::to_string(seconds / kSecondsPerDay) + " days";
  if (seconds % kHour == 0) return std::to_string(seconds / kHour) + " hours";
  return std::to_string(seconds) + " seconds";
}

json::Value LeaseToJson(const std::optional<formats::Lease>& lease) {
  if (!lease) return {};
  json::Object object;
  object.Set("seconds", lease->seconds).Set("grace_seconds", lease->grace_seconds);
  object.Set("start_charge_seconds", lease->start_charge_seconds);
  object.Set("clock_behind", ClockBehindName(lease->clock_behind)).Set("counted_seconds", lease->counted_seconds);
  return json::Value(std::move(object));
}

json::Value FeaturesToJson(const formats::Features& features) {
  json::Array list;
  for (const auto& feature : features) list.emplace_back(feature.view());
  return json::Value(std::move(list));
}

std::string LeaseToText(const formats::Lease& lease) {
  std::string text = "\n  lease       " + SpanText(lease.seconds) + ", grace " + SpanText(lease.grace_seconds) +
                     "; a power-up costs " + SpanText(lease.start_charge_seconds) +
                     "; a clock that is behind: " + ClockBehindName(lease.clock_behind);
  if (lease.counted_seconds != 0) text += "\n  renewed     at " + SpanText(lease.counted_seconds) + " counted";
  return text;
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

void AddBoundOptions(CLI::App& command, TermArguments& arguments) {
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

void AddLeaseOptions(CLI::App& command, TermArguments& arguments) {
  CLI::Option* lease =
      command.add_option("--lease", arguments.lease, "has to be renewed after so long: 30d, 36h (default: never)");
  command.add_option("--grace", arguments.grace, "for so long after the lease it still opens, and warns (default: 0d)")
      ->needs(lease);
  command
      .add_option("--start-charge", arguments.start_charge,
                  "what each power-up costs of the lease, for devices without a clock of their own (default: 70m)")
      ->needs(lease);
  const std::map<std::string, formats::ClockBehind> answers{{"note", formats::ClockBehind::kNote},
                                                            {"charge", formats::ClockBehind::kCharge},
                                                            {"deny", formats::ClockBehind::kDeny}};
  command
      .add_option("--clock-behind", arguments.clock_behind,
                  "what follows where the clock was turned back (default: note)")
      ->transform(CLI::Transformer(answers, CLI::ignore_case))
      ->option_text("note|charge|deny")
      ->needs(lease);
}

}  // namespace

author::Outcome<std::uint32_t> ParseSpan(const std::string& text) {
  constexpr std::string_view kUnits = "smhd";
  constexpr std::array<std::uint64_t, 4> kSeconds = {1, 60, 3600, kSecondsPerDay};
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::size_t unit = rest + 1 == end ? kUnits.find(*rest) : std::string_view::npos;
  const bool right = error == std::errc() && unit != std::string_view::npos &&
                     number <= std::numeric_limits<std::uint32_t>::max() / kSeconds[unit];
  if (right) return static_cast<std::uint32_t>(number * kSeconds[unit]);
  return author::Failure{ErrorCode::kBadArgument, "no span of time", "'" + text + "'", "write 30d, 36h, 90m or 10s"};
}

void AddEndOptions(CLI::App& command, TermArguments& arguments) {
  CLI::Option* expires = command.add_option("--expires", arguments.expires,
                                            "last day (2030-01-31), or first second (2030-01-31T12:00:00Z) it is over");
  command.add_option("--days", arguments.days, "holds for so many days from now")
      ->check(WholeNumber(1, kMaxDays))
      ->excludes(expires);
}

void AddTermOptions(CLI::App& command, TermArguments& arguments) {
  AddEndOptions(command, arguments);
  AddBoundOptions(command, arguments);
  AddLeaseOptions(command, arguments);
  command.add_option("--feature", arguments.features, "what applications may ask for by name; may be repeated");
  command.add_flag("--processor-only", arguments.processor_only, "no accelerator, whatever the product's policy says");
  command.add_flag("--transferable", arguments.transferable, "given back, it may be issued to another device");
}

author::Outcome<formats::LicenceTerms> ParseTerms(const TermArguments& arguments, UnixTime now) {
  formats::LicenceTerms terms{.first_sequence = {arguments.first_sequence},
                              .last_sequence = {arguments.last_sequence},
                              .not_before = {now.value - std::min(now.value, kSecondsPerDay)},
                              .isolation_floor = arguments.isolation,
                              .allows_export = arguments.allow_export,
                              .call_budget = arguments.calls,
                              .calls_per_minute = arguments.calls_per_minute,
                              .lease = {},
                              .features = {},
                              .processor_only = arguments.processor_only,
                              .transferable = arguments.transferable};
  EK_TRY_ASSIGN(terms.lease, ParseLease(arguments));
  EK_TRY_ASSIGN(terms.features, ParseFeatures(arguments.features));
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
  object.Set("lease", LeaseToJson(terms.lease)).Set("features", FeaturesToJson(terms.features));
  object.Set("processor_only", terms.processor_only).Set("transferable", terms.transferable);
  return object;
}

std::optional<std::uint64_t> TermDaysLeft(const formats::LicenceTerms& terms, UnixTime now) {
  if (!terms.expires) return std::nullopt;
  return *terms.expires <= now ? 0 : (terms.expires->value - now.value) / kSecondsPerDay;
}

std::string TermsToText(const formats::LicenceTerms& terms) {
  std::string text = "  from        " + FormatTime(terms.not_before) + "\n";
  text += "  until       " + (terms.expires ? FormatTime(*terms.expires) : std::string("for ever")) + "\n";
  text += "  versions    from sequence " + std::to_string(terms.first_sequence.value);
  if (terms.last_sequence.value != kAnyLater) text += " to " + std::to_string(terms.last_sequence.value);
  text += "\n  isolation   " + std::string(IsolationName(terms.isolation_floor)) + " or stronger";
  if (terms.call_budget) text += "\n  calls       " + std::to_string(*terms.call_budget) + " in its whole life";
  if (terms.calls_per_minute) text += "\n  rate        " + std::to_string(*terms.calls_per_minute) + " calls a minute";
  if (terms.lease) text += LeaseToText(*terms.lease);
  for (std::size_t i = 0; i < terms.features.size(); ++i) {
    text += (i == 0 ? "\n  features    " : ", ") + std::string(terms.features[i].view());
  }
  if (terms.processor_only) text += "\n  processor   alone: no accelerator";
  if (terms.transferable) text += "\n  transfer    allowed, once it is given back";
  if (terms.allows_export) text += "\n  export      ALLOWED: programs on the device may have the plaintext";
  return text;
}

}  // namespace edgekeep::cli::publisher
