// A licence's terms as options, in words and in JSON.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

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
};

void AddTermOptions(CLI::App& command, TermArguments& arguments);

// Without --not-before a licence holds from a day before now, so that a device whose clock is slow takes it too, and
// must not be over already.
author::Outcome<formats::LicenceTerms> ParseTerms(const TermArguments& arguments, UnixTime now);

json::Object TermsToJson(const formats::LicenceTerms& terms);
// Indented lines.
std::string TermsToText(const formats::LicenceTerms& terms);

}  // namespace edgekeep::cli::publisher
