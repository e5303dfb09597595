#include "attest_report.h"

#include <array>

#include "edgekeep/attest/evidence.h"
#include "times.h"

namespace edgekeep::cli::publisher {
namespace {

std::string Padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

std::string NameOfEvent(std::uint8_t kind) {
  if (kind == std::to_underlying(formats::MeasuredKind::kKeep)) return "keep";
  if (kind == std::to_underlying(formats::MeasuredKind::kEngine)) return "engine";
  if (kind == std::to_underlying(formats::MeasuredKind::kMore)) return "more";
  return "event-" + std::to_string(kind);
}

std::string NameOfPolicy(std::uint8_t kind) {
  constexpr std::array kKinds = {"trust-bundle", "trust-policy", "operations-policy", "owner-key"};
  return kind >= 1 && kind <= kKinds.size() ? kKinds[kind - 1] : "policy-" + std::to_string(kind);
}

// Four characters, of which strangers chose each.
std::string Manufacturer(std::uint32_t number) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const char c = static_cast<char>(number >> shift & 0xff);
    if (c > ' ' && c <= '~') text += c;
  }
  return text;
}

std::string HexNumber(std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  return Hex(bytes);
}

std::string TextOf(const attest::CheckResult& result) {
  const std::string name = Padded(std::string("    ") + attest::NameOf(result.check), 16);
  if (!result.applies) return name + "-, not with this anchor\n";
  if (!result.failure) return name + "holds\n";
  return name + "FAILS, " + NameOf(result.failure->code()) + ": " + result.failure->where() + "\n";
}

json::Array ObjectsOf(std::span<const attest::CheckResult> results) {
  json::Array checks;
  for (const attest::CheckResult& result : results) {
    json::Object check;
    check.Set("check", attest::NameOf(result.check));
    check.Set("result", !result.applies ? "not-applicable" : result.failure ? "fails" : "holds");
    if (result.failure) check.Set("code", NameOf(result.failure->code())).Set("why", result.failure->where());
    checks.push_back(std::move(check));
  }
  return checks;
}

std::string TextOf(const Session& session, const formats::TpmEvidence& tpm) {
  const Result<Digest> boot = attest::BootStateOf(session.context.provider, tpm);
  std::string text =
      "  chip         " + Manufacturer(tpm.chip.manufacturer) + ", firmware " + HexNumber(tpm.chip.firmware) + "\n";
  if (boot) text += "  boot state   " + Hex(boot->view()) + "\n";
  return text;
}

std::string TextOf(const Session& session, const formats::Evidence& claims) {
  const bool software = claims.anchor == formats::AnchorKind::kSoftware;
  std::string text = "  device       " + Hex(claims.device.view()) + "\n  anchor       ";
  text += std::string(NameOfAnchor(claims.anchor)) + (software ? ", for development only\n" : "\n");
  text += std::string("  protection   ") + NameOfLevel(claims.level) + "\n";
  if (claims.tpm) text += TextOf(session, *claims.tpm);
  for (const formats::MeasuredEvent& event : claims.events) {
    text += "  " + Padded(NameOfEvent(event.kind), 13) + std::string(event.text);
    text += event.digest ? ", " + Hex(event.digest->view()) + "\n" : "\n";
  }
  for (const formats::PolicyClaim& policy : claims.policies) {
    text += "  " + Padded(NameOfPolicy(policy.kind), 13) + "version " + std::to_string(policy.version) + ", " +
            Hex(policy.digest.view()) + "\n";
  }
  for (const formats::ReleaseClaim& release : claims.releases) {
    text += "  installed    " + std::string(release.product) + " " + Versioned(release.version) + ", file " +
            Hex(release.sealed_file.view()) + "\n";
  }
  text += "  counter      " + std::to_string(claims.state_counter) + "\n";
  return text + "  time floor   " + FormatTime(claims.time_floor) + "\n";
}

json::Object ObjectOf(const formats::ReleaseClaim& release) {
  json::Object object;
  object.Set("product", release.product).Set("version", release.version.display.view());
  object.Set("version_sequence", release.version.sequence.value).Set("sealed_file", Hex(release.sealed_file.view()));
  object.Set("security_epoch", release.security_epoch);
  if (release.prepared_form) object.Set("prepared_form", Hex(release.prepared_form->view()));
  return object;
}

json::Object ObjectOf(const Session& session, const formats::Evidence& claims) {
  json::Object object;
  object.Set("device", Hex(claims.device.view())).Set("anchor", NameOfAnchor(claims.anchor));
  object.Set("development_only", claims.anchor == formats::AnchorKind::kSoftware);
  object.Set("protection", NameOfLevel(claims.level)).Set("state_counter", claims.state_counter);
  object.Set("time_floor", FormatTime(claims.time_floor));
  json::Array events, policies, releases;
  for (const formats::MeasuredEvent& event : claims.events) {
    json::Object one;
    one.Set("kind", NameOfEvent(event.kind)).Set("version", event.text);
    if (event.digest) one.Set("digest", Hex(event.digest->view()));
    events.push_back(std::move(one));
  }
  for (const formats::PolicyClaim& policy : claims.policies) {
    json::Object one;
    one.Set("kind", NameOfPolicy(policy.kind)).Set("version", policy.version).Set("digest", Hex(policy.digest.view()));
    policies.push_back(std::move(one));
  }
  for (const formats::ReleaseClaim& release : claims.releases) releases.push_back(ObjectOf(release));
  object.Set("measured", std::move(events)).Set("policies", std::move(policies)).Set("releases", std::move(releases));
  if (!claims.tpm) return object;
  object.Set("manufacturer", Manufacturer(claims.tpm->chip.manufacturer));
  object.Set("firmware", HexNumber(claims.tpm->chip.firmware));
  const Result<Digest> boot = attest::BootStateOf(session.context.provider, *claims.tpm);
  if (boot) object.Set("boot_state", Hex(boot->view()));
  return object;
}

}  // namespace

const char* NameOfAnchor(formats::AnchorKind anchor) {
  switch (anchor) {
    case formats::AnchorKind::kSoftware:
      return "software";
    case formats::AnchorKind::kTpm2:
      return "tpm2";
    case formats::AnchorKind::kOptee:
      return "optee";
  }
  return "unknown";
}

const char* NameOfLevel(formats::Isolation level) {
  switch (level) {
    case formats::Isolation::kProcess:
      return "process";
    case formats::Isolation::kVm:
      return "vm";
    case formats::Isolation::kTrustZone:
      return "trustzone";
  }
  return "unknown";
}

void WarnOfSoftware(const Session& session) {
  session.report.Warn(
      "this device has a software anchor, which is for development only: whoever copies its disk answers like it");
}

author::Done TellAppraisal(const Session& session, const std::string& path, const attest::Appraisal& appraisal,
                           const AskedList& asked) {
  const bool believed = appraisal.Believe().has_value();
  const formats::Evidence& claims = appraisal.unverified_claims();
  std::string text = path + (believed ? ": believed, every check holds\n" : ": NOT believed; what it claims:\n");
  text += TextOf(session, claims) + "  checks\n";
  for (const attest::CheckResult& result : appraisal.checks()) text += TextOf(result);
  text += "  factory list " + asked.text;
  json::Object object;
  object.Set("factory_list", asked.list).Set("demands_looked_for_in", asked.looked_in);
  object.Set("file", path).Set("believed", believed).Set("checks", ObjectsOf(appraisal.checks()));
  object.Set("claims", ObjectOf(session, claims));
  if (claims.anchor == formats::AnchorKind::kSoftware) WarnOfSoftware(session);
  return session.report.Tell(text, object);
}

}  // namespace edgekeep::cli::publisher
