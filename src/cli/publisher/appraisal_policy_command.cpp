// attest policy: what is demanded of evidence.
#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "chip_class.h"
#include "commands.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/formats/appraisal_policy.h"

namespace edgekeep::cli::publisher {
namespace {

using author::At;
using author::Done;
using author::Outcome;

struct PolicyOptions {
  std::string output, min_level = "process";
  std::uint64_t max_age = 600;
  bool allow_development = false;
  std::vector<std::string> keeps, engines, releases, quarantined, boot_states;
  std::string trust_bundle, trust_policy, operations_policy, owner_key;
};

author::Failure NoSuch(const std::string& what, const std::string& text, const std::string& shape) {
  return {ErrorCode::kBadArgument, "no " + what, text, "say " + shape};
}

// "LEFT=RIGHT"; without "=" the right part is empty.
std::pair<std::string_view, std::string_view> SplitAt(std::string_view text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

template <typename Id>
std::optional<Id> IdOf(std::string_view hex) {
  Id id;
  if (!FromHex(hex, id.mutable_view())) return std::nullopt;
  return id;
}

template <typename T>
std::optional<T> NumberOf(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Outcome<formats::Isolation> LevelOf(const std::string& text) {
  if (text == "process") return formats::Isolation::kProcess;
  if (text == "vm") return formats::Isolation::kVm;
  if (text == "trustzone") return formats::Isolation::kTrustZone;
  return NoSuch("level", text, "process, vm or trustzone");
}

// Views borrow from `rules`.
Done AddMeasured(formats::MeasuredKind kind, const std::vector<std::string>& rules, formats::AppraisalPolicy& policy) {
  for (const std::string& rule : rules) {
    const auto [version, digest] = SplitAt(rule, '=');
    formats::MeasuredEvent event{.kind = std::to_underlying(kind), .text = version, .digest = std::nullopt};
    if (!digest.empty() && !(event.digest = IdOf<Digest>(digest)))
      return NoSuch("version", rule, "VERSION or VERSION=DIGEST, the digest in 64 hexadecimal characters");
    EK_TRY(At(rule, policy.measured.PushBack(event)));
  }
  return {};
}

Done AddPolicyClaim(formats::ClaimedPolicy kind, const std::string& rule, formats::AppraisalPolicy& policy) {
  if (rule.empty()) return {};
  const auto [left, right] = SplitAt(rule, '=');
  const bool has_version = !right.empty();
  const std::optional<std::uint64_t> version = has_version ? NumberOf<std::uint64_t>(left) : 0;
  const std::optional<Digest> digest = IdOf<Digest>(has_version ? right : left);
  if (!version || !digest) return NoSuch("policy", rule, "VERSION=FINGERPRINT, of a trust bundle FINGERPRINT alone");
  return At(rule, policy.policies.PushBack({std::to_underlying(kind), *version, *digest}));
}

Done AddReleases(const std::vector<std::string>& rules, formats::AppraisalPolicy& policy) {
  for (const std::string& rule : rules) {
    const auto [product, file] = SplitAt(rule, '=');
    const std::optional<SealedFileId> id = IdOf<SealedFileId>(file);
    if (!id) return NoSuch("release", rule, "PRODUCT=FILE, the file as `inspect` shows its id");
    EK_TRY(At(rule, policy.releases.PushBack({product, *id})));
  }
  std::ranges::sort(policy.releases, [](const formats::ReleaseRule& a, const formats::ReleaseRule& b) {
    return std::tie(a.product, a.sealed_file) < std::tie(b.product, b.sealed_file);
  });
  return {};
}

Done AddQuarantined(const std::vector<std::string>& rules, formats::AppraisalPolicy& policy) {
  for (const std::string& rule : rules) {
    const std::vector<formats::QuarantinedChips> classes = ParseChipClass(rule);
    if (classes.empty())
      return NoSuch("class of chips", rule, "MAKER or MAKER=FIRST-LAST, as in IFX=0007000000000000-000700ffffffffff");
    for (const formats::QuarantinedChips& chips : classes) EK_TRY(At(rule, policy.quarantined.PushBack(chips)));
  }
  return {};
}

Done AddBootStates(const std::vector<std::string>& rules, formats::AppraisalPolicy& policy) {
  for (const std::string& rule : rules) {
    const std::optional<Digest> state = IdOf<Digest>(rule);
    if (!state) return NoSuch("boot state", rule, "it as `attest verify` shows it, 64 hexadecimal characters");
    EK_TRY(At(rule, policy.boot_states.PushBack(*state)));
  }
  std::ranges::sort(policy.boot_states);
  return {};
}

Done MakePolicy(const Session& session, const PolicyOptions& options) {
  formats::AppraisalPolicy policy;
  policy.max_age = options.max_age;
  policy.allow_development = options.allow_development;
  EK_TRY_ASSIGN(policy.min_level, LevelOf(options.min_level));
  EK_TRY(AddMeasured(formats::MeasuredKind::kKeep, options.keeps, policy));
  EK_TRY(AddMeasured(formats::MeasuredKind::kEngine, options.engines, policy));
  EK_TRY(AddPolicyClaim(formats::ClaimedPolicy::kTrustBundle, options.trust_bundle, policy));
  EK_TRY(AddPolicyClaim(formats::ClaimedPolicy::kTrustPolicy, options.trust_policy, policy));
  EK_TRY(AddPolicyClaim(formats::ClaimedPolicy::kOperationsPolicy, options.operations_policy, policy));
  EK_TRY(AddPolicyClaim(formats::ClaimedPolicy::kOwnerKey, options.owner_key, policy));
  EK_TRY(AddReleases(options.releases, policy));
  EK_TRY(AddQuarantined(options.quarantined, policy));
  EK_TRY(AddBootStates(options.boot_states, policy));
  EK_TRY_ASSIGN(Bytes bytes, At(options.output, Bytes::Allocate(formats::kMaxAppraisalPolicySize)));
  CborWriter out(bytes.mutable_view());
  EK_TRY(At(options.output, formats::EncodeAppraisalPolicy(policy, out)));
  EK_TRY(At(options.output, files::WriteNewFile(options.output, files::Access::kPublic, out.written())));
  json::Object object;
  object.Set("policy", options.output);
  return session.report.Tell("wrote " + options.output + ", for `attest verify --policy`", object);
}

}  // namespace

void AddAppraisalPolicyCommand(CLI::App& group, Session& session, Action& action) {
  CLI::App* policy = group.add_subcommand("policy", "write down what is demanded of evidence");
  auto options = std::make_shared<PolicyOptions>();
  policy->add_option("-o,--output", options->output, "file for the policy (.ekq)")->required();
  policy->add_option("--max-age", options->max_age, "seconds that an answer may take (600)");
  policy->add_flag("--allow-development", options->allow_development, "believe software anchors too");
  policy->add_option("--min-level", options->min_level, "least protection: process, vm, trustzone");
  policy->add_option("--keep", options->keeps, "allowed VERSION or VERSION=DIGEST of the keep; repeat it");
  policy->add_option("--engine", options->engines, "allowed engine, with its processor or without; repeat it");
  policy->add_option("--trust-bundle", options->trust_bundle, "FINGERPRINT that devices trust");
  policy->add_option("--trust-policy", options->trust_policy, "VERSION=FINGERPRINT that counts on devices");
  policy->add_option("--operations-policy", options->operations_policy, "VERSION=FINGERPRINT, the same");
  policy->add_option("--owner-key", options->owner_key, "DIGEST of the key that a certificate is asked for");
  policy->add_option("--release", options->releases, "allowed PRODUCT=FILE; repeat it");
  policy->add_option("--quarantine", options->quarantined, "MAKER or MAKER=FIRST-LAST of chips; repeat it");
  policy->add_option("--boot-state", options->boot_states, "allowed boot state, in place of the enrolled one");
  policy->callback(
      [&session, &action, options] { action = [&session, options] { return MakePolicy(session, *options); }; });
}

}  // namespace edgekeep::cli::publisher
