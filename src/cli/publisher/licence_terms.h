// A licence's terms as options, in words and in JSON.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/author/failure.h"
#include "edgekeep/formats/licence.h"
#include "edgekeep/json/value.h"

namespace CLI {
class App;
}

namespace edgekeep::cli::publisher {

struct TermArguments {
  std::string expires;
  std::uint64_t days = 0;
  std::string not_before;
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = std::numeric_limits<std::uint64_t>::max();
  formats::Isolation isolation = formats::Isolation::kProcess;
  bool allow_export = false;
  std::optional<std::uint64_t> calls;
  std::optional<std::uint32_t> calls_per_minute;
  std::string lease, grace, start_charge;
  formats::ClockBehind clock_behind = formats::ClockBehind::kNote;
  std::vector<std::string> features;
  bool processor_only = false;
  bool transferable = false;
};

// Of the term's end alone.
void AddEndOptions(CLI::App& command, TermArguments& arguments);
void AddTermOptions(CLI::App& command, TermArguments& arguments);

// Without --not-before a licence holds from a day before now, so that a device whose clock is slow takes it too, and
// must not be over already.
author::Outcome<formats::LicenceTerms> ParseTerms(const TermArguments& arguments, UnixTime now);

// A number and s, m, h or d: "36h". Fails where that is no more than 2^32 - 1 seconds, or none at all.
author::Outcome<std::uint32_t> ParseSpan(const std::string& text);

// Whole days until the term's end: 0 where it is over, none where it has no end.
std::optional<std::uint64_t> TermDaysLeft(const formats::LicenceTerms& terms, UnixTime now);
json::Object TermsToJson(const formats::LicenceTerms& terms);
// Indented lines.
std::string TermsToText(const formats::LicenceTerms& terms);

}  // namespace edgekeep::cli::publisher
