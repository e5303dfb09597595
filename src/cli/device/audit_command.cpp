// audit-memory
#include <filesystem>
#include <memory>

#include "commands.h"
#include "edgekeep/cli/line/whole_number.h"
#include "edgekeep/probe/leftovers.h"
#include "edgekeep/probe/scan.h"

namespace edgekeep::cli::device {
namespace {

struct AuditOptions {
  std::vector<std::string> tags;
  std::vector<int> pids;
  std::vector<std::string> paths;
};

// One process or path, and what was found there.
struct Audited {
  std::string name;
  probe::Report report;
};

Failure ScanFailure(const std::string& name, const Error& error) {
  return {error.code(), "cannot scan " + name, error.where(), AdviceFor(error.code())};
}

Outcome<std::vector<probe::Canary>> CanariesOf(const AuditOptions& options) {
  std::vector<probe::Canary> canaries;
  for (const std::string& tag : options.tags) {
    Result<probe::Canary> canary = probe::ParseCanary(tag);
    if (!canary) return Failure{canary.error().code(), "no tag", tag, canary.error().where()};
    canaries.push_back(*std::move(canary));
  }
  return canaries;
}

// Named processes and paths; where none is named, all that belongs to the device, and what may be left of it elsewhere.
struct Targets {
  std::vector<probe::ProcessName> processes;
  std::vector<std::filesystem::path> paths;
  bool leftovers = false;
};

Targets TargetsOf(const Session& session, const AuditOptions& options) {
  Targets targets;
  for (const int pid : options.pids) targets.processes.push_back({pid, "process"});
  for (const std::string& path : options.paths) targets.paths.emplace_back(path);
  if (!options.pids.empty() || !options.paths.empty()) return targets;
  const std::filesystem::path root(session.root);
  targets.processes = probe::ProcessesOf(root);
  for (const char* directory : {"var/lib/edgekeep", "run/edgekeep"}) {
    if (std::filesystem::exists(root / directory)) targets.paths.push_back(root / directory);
  }
  targets.leftovers = !targets.processes.empty() || !targets.paths.empty();
  return targets;
}

// Where processes that dump core leave it, if nothing else is said.
std::vector<std::filesystem::path> WorkingDirectories(const Targets& targets) {
  std::vector<std::filesystem::path> directories;
  for (const probe::ProcessName& process : targets.processes) {
    std::error_code ended;
    std::filesystem::path directory =
        std::filesystem::read_symlink("/proc/" + std::to_string(process.pid) + "/cwd", ended);
    if (!ended) directories.push_back(std::move(directory));
  }
  return directories;
}

Outcome<std::vector<Audited>> Audit(const Targets& targets, const std::vector<probe::Canary>& canaries) {
  std::vector<Audited> audited;
  for (const auto& [pid, name] : targets.processes) {
    const std::string text = name + " " + std::to_string(pid);
    Result<probe::Report> report = probe::ScanProcess(pid, canaries);
    // A cell that was listed and has ended since holds nothing any more; one that somebody asked for is told of.
    const bool ended = !report && report.error().code() == ErrorCode::kNotFound;
    if (ended && targets.leftovers) continue;
    if (!report) return ScanFailure(text, report.error());
    audited.push_back({text, *std::move(report)});
  }
  for (const std::filesystem::path& path : targets.paths) {
    Result<probe::Report> report = probe::ScanFiles(path, canaries);
    if (!report) return ScanFailure(path, report.error());
    audited.push_back({path, *std::move(report)});
  }
  if (!targets.leftovers) return audited;
  for (probe::NamedReport& left : probe::ScanLeftovers("/", WorkingDirectories(targets), canaries)) {
    audited.push_back({left.name, std::move(left.report)});
  }
  return audited;
}

std::string Mebibytes(std::uint64_t bytes) {
  return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB";
}

std::string TextOf(const Audited& audited) {
  const probe::Report& report = audited.report;
  std::string text =
      audited.name + ": " + std::to_string(report.total_found()) + " found in " + Mebibytes(report.scanned_bytes);
  if (report.total_unreadable() != 0) text += ", " + Mebibytes(report.total_unreadable()) + " cannot be read";
  for (const probe::Place& place : report.found) text += "\n  " + std::to_string(place.count) + " in " + place.where;
  for (const probe::Place& place : report.secret) {
    text += "\n  secret memory, which only the process itself can read: " + place.where;
    if (place.count != 0) text += ", " + Mebibytes(place.count);
  }
  for (const probe::Place& place : report.unreadable) {
    text += "\n  cannot be read: " + place.where;
    if (place.count != 0) text += ", " + Mebibytes(place.count);
  }
  return text;
}

json::Array ArrayOf(const std::vector<probe::Place>& places, const char* unit) {
  json::Array array;
  for (const probe::Place& place : places) {
    json::Object object;
    object.Set("where", place.where).Set(unit, place.count);
    array.emplace_back(std::move(object));
  }
  return array;
}

json::Object ObjectOf(const Audited& audited) {
  json::Object object;
  object.Set("name", audited.name).Set("found", audited.report.total_found());
  object.Set("places", ArrayOf(audited.report.found, "count"));
  object.Set("secret", ArrayOf(audited.report.secret, "bytes"));
  object.Set("unreadable", ArrayOf(audited.report.unreadable, "bytes"));
  object.Set("scanned_bytes", audited.report.scanned_bytes);
  return object;
}

// All that was audited, in numbers.
struct Sum {
  std::uint64_t found = 0;
  std::uint64_t secret_places = 0;
  std::uint64_t unreadable_places = 0;
};

Sum SumOf(const std::vector<Audited>& audited) {
  Sum sum;
  for (const Audited& one : audited) {
    sum.found += one.report.total_found();
    sum.secret_places += one.report.secret.size();
    sum.unreadable_places += one.report.unreadable.size();
  }
  return sum;
}

// What was found, and how far that can be relied on.
std::string TextOf(const Sum& sum, const std::string& where) {
  std::string text = sum.found == 0 ? "nothing" : std::to_string(sum.found);
  text += sum.unreadable_places == 0 ? " found in " : " found in what could be read of ";
  text += where;
  if (sum.secret_places != 0) text += "; secret memory (memfd_secret) is shown to no scan";
  if (sum.unreadable_places != 0) text += "; " + std::to_string(sum.unreadable_places) + " places could not be read";
  return text;
}

// Answers, and fails when anything was found or not looked at, so that a script cannot take either for a clean bill.
Done Tell(const Session& session, const std::vector<Audited>& audited, std::size_t num_processes) {
  std::string text;
  json::Array places;
  for (const Audited& one : audited) {
    text += TextOf(one) + "\n";
    places.emplace_back(ObjectOf(one));
  }
  const Sum sum = SumOf(audited);
  const std::string where =
      std::to_string(num_processes) + " processes and " + std::to_string(audited.size() - num_processes) + " places";
  json::Object object;
  object.Set("found", sum.found).Set("complete", sum.unreadable_places == 0).Set("scanned", std::move(places));
  const Done told = session.Tell(text + TextOf(sum, where), object);
  if (!told || (sum.found == 0 && sum.unreadable_places == 0)) return told;
  const char* const what = sum.found != 0 ? "plaintext found" : "not everything could be read";
  return Failure{.code = ErrorCode::kDenied, .what = what, .where = where, .advice = "", .told = true};
}

Done AuditMemory(const Session& session, const AuditOptions& options) {
  const auto canaries = CanariesOf(options);
  if (!canaries) return canaries.error();
  const Targets targets = TargetsOf(session, options);
  if (targets.processes.empty() && targets.paths.empty()) {
    return Failure{ErrorCode::kNotFound, "nothing to scan", "the device at " + session.root,
                   "name its --root, or name --pid and --path"};
  }
  const auto audited = Audit(targets, *canaries);
  if (!audited) return audited.error();
  return Tell(session, *audited, targets.processes.size());
}

}  // namespace

void AddAuditCommand(CLI::App& root, const Session& session, Action& action) {
  const auto options = std::make_shared<AuditOptions>();
  CLI::App* audit = root.add_subcommand(
      "audit-memory",
      "search processes and files for plaintext that carries tags; exit code 1 when there is some, or "
      "when something could not be read");
  audit->add_option("--tag", options->tags, "4 hex digits: top half of tagged fp32 weights; 16 to 128: raw bytes")
      ->required()
      ->allow_extra_args(false);
  audit
      ->add_option("--pid", options->pids,
                   "a process (if neither --pid nor --path: all of this device's, its directories, core dumps, swap, "
                   "temporary files and shared memory)")
      ->check(line::WholeNumber(1, INT32_MAX))
      ->allow_extra_args(false);
  audit->add_option("--path", options->paths, "a file or directory")->allow_extra_args(false);
  audit->callback(
      [&session, &action, options] { action = [&session, options] { return AuditMemory(session, *options); }; });
}

}  // namespace edgekeep::cli::device
