// doctor
#include <algorithm>

#include "commands.h"
#include "edgekeep/probe/doctor.h"
#include "status_text.h"

namespace edgekeep::cli::device {
namespace {

std::string TextOf(const probe::Check& check) {
  constexpr std::size_t kNameWidth = 17;
  constexpr std::size_t kStandingWidth = 9;
  std::string name = check.name;
  name.resize(std::max(name.size() + 1, kNameWidth), ' ');
  std::string standing = NameOf(check.standing);
  standing.resize(std::max(standing.size() + 1, kStandingWidth), ' ');
  std::string text = name + standing + check.found;
  if (!check.advice.empty()) text += "\n" + std::string(kNameWidth + kStandingWidth, ' ') + "→ " + check.advice;
  return text + "\n";
}

json::Object ObjectOf(const probe::Check& check) {
  json::Object object;
  object.Set("name", check.name).Set("standing", NameOf(check.standing)).Set("found", check.found);
  object.Set("advice", check.advice).Set("needed", check.needed);
  return object;
}

// What the device says of itself where its keep answers; a host alone has no releases.
std::string ReleasesLine(const Session& session) {
  const auto status = AskStatus(session);
  if (!status || (*status)->initialised == 0) return "";
  return "releases         " + ReleasesText(**status) + "\n";
}

// An image's root has a host's files; a directory that holds a device alone has none, and much is absent there.
std::string PlaceLine(const Session& session) {
  if (session.root == "/") return "";
  return "\n(files were looked for below " + session.root + ": without --root doctor looks at this host)";
}

Done Doctor(const Session& session) {
  const std::vector<probe::Check> checks = probe::Examine(session.root, probe::TryHere());
  std::string text;
  json::Array array;
  for (const probe::Check& check : checks) {
    text += TextOf(check);
    array.emplace_back(ObjectOf(check));
  }
  const bool good = CellsCanRun(checks);
  const std::string fitting = FittingProtection(session.root, checks);
  json::Object object;
  object.Set("process_cells", good).Set("fitting", fitting).Set("checks", std::move(array));
  const Done told =
      session.Tell(text + ReleasesLine(session) + "fits this host: " + fitting + PlaceLine(session), object);
  if (!told || good) return told;
  return Failure{.code = ErrorCode::kUnsupported, .what = "", .where = "", .advice = "", .told = true};
}

}  // namespace

void AddDoctorCommand(CLI::App& root, const Session& session, Action& action) {
  CLI::App* doctor = root.add_subcommand(
      "doctor", "what this host offers for protection, and what to do; exit code 1 when process cells cannot run");
  doctor->callback([&session, &action] { action = [&session] { return Doctor(session); }; });
}

}  // namespace edgekeep::cli::device
