#include "stopped_licences.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "edgekeep/author/renewal_stops.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/files/read_file.h"
#include "kept_file.h"
#include "licensor_lock.h"

namespace edgekeep::author {
namespace {

constexpr std::string_view kOfLicence = "licence-", kOfDevice = "device-";
constexpr std::string_view kStopped = "stopped ", kResumed = "resumed ";
constexpr std::size_t kMaxStopFile = 64;

std::string StopsOf(const Publisher& publisher) {
  return publisher.directory() + "/stopped";
}

std::string NameOfStop(const StopTarget& target) {
  if (const auto* const licence = std::get_if<formats::LicenceId>(&target))
    return std::string(kOfLicence) + std::string(ToHex(licence->view()).view());
  return std::string(kOfDevice) + std::string(ToHex(std::get<DeviceId>(target).view()).view());
}

std::string StopPath(const Publisher& publisher, const StopTarget& target) {
  return StopsOf(publisher) + "/" + NameOfStop(target);
}

Failure NoStop(const std::string& path) {
  return {ErrorCode::kMalformed, "not what 'licence stop' writes", path,
          "what it is about is not renewed; stop or resume it again"};
}

// Since when it is stopped; nothing where it is not.
Outcome<std::optional<UnixTime>> ReadStop(const std::string& path) {
  const Result<Bytes> file = files::ReadFile(path, kMaxStopFile);
  if (!file && file.error().code() == ErrorCode::kNotFound) return std::optional<UnixTime>();
  if (!file) return Describe(file.error(), path);
  std::string_view text = AsText(file->view());
  const bool is_stopped = text.starts_with(kStopped);
  if (!is_stopped && !text.starts_with(kResumed)) return NoStop(path);
  text.remove_prefix(kStopped.size());
  UnixTime since;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), since.value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return NoStop(path);
  return is_stopped ? std::optional(since) : std::nullopt;
}

Done WriteStop(const Context& context, const Publisher& publisher, const StopTarget& target, std::string_view word) {
  const std::string text = std::string(word) + std::to_string(context.now.value);
  return KeepFile(StopsOf(publisher), StopPath(publisher, target), AsBytes(text));
}

template <typename Id>
std::optional<StopTarget> TargetOf(std::string_view name, std::string_view kind) {
  Id id;
  if (!name.starts_with(kind) || !FromHex(name.substr(kind.size()), id.mutable_view())) return std::nullopt;
  return id;
}

std::optional<StopTarget> TargetNamed(std::string_view name) {
  const auto licence = TargetOf<formats::LicenceId>(name, kOfLicence);
  return licence ? licence : TargetOf<DeviceId>(name, kOfDevice);
}

}  // namespace

Done CheckNotStopped(const Publisher& publisher, const formats::Licence& licence, const std::string& place) {
  for (const StopTarget& target : {StopTarget(licence.id), StopTarget(licence.device)}) {
    EK_TRY_ASSIGN(const auto since, ReadStop(StopPath(publisher, target)));
    if (!since) continue;
    const bool is_device = std::holds_alternative<DeviceId>(target);
    return Failure{ErrorCode::kForbidden,
                   is_device ? "renewals for this device are stopped" : "renewals of this licence are stopped", place,
                   "edgekeep licence resume " + std::string(is_device ? "--device " : "--licence ") +
                       NameOfStop(target).substr(is_device ? kOfDevice.size() : kOfLicence.size())};
  }
  return {};
}

Done StopRenewals(const Context& context, const Publisher& publisher, const StopTarget& target) {
  EK_TRY_ASSIGN(const FileLock lock, LockLicences(context, publisher));
  const auto before = ReadStop(StopPath(publisher, target));
  if (before && *before) return {};
  return WriteStop(context, publisher, target, kStopped);
}

Done ResumeRenewals(const Context& context, const Publisher& publisher, const StopTarget& target) {
  EK_TRY_ASSIGN(const FileLock lock, LockLicences(context, publisher));
  const std::string path = StopPath(publisher, target);
  const auto before = ReadStop(path);
  if (before && !*before)
    return Failure{ErrorCode::kNotFound, "this is not stopped", NameOfStop(target), "see: edgekeep licence stopped"};
  return WriteStop(context, publisher, target, kResumed);
}

Outcome<std::vector<RenewalStop>> StoppedRenewals(const Publisher& publisher) {
  const std::string directory = StopsOf(publisher);
  std::vector<RenewalStop> stops;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(directory, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const auto target = TargetNamed(entry->path().filename().string());
    if (!target) continue;  // of a write that was cut
    EK_TRY_ASSIGN(const auto since, ReadStop(entry->path().string()));
    if (since) stops.push_back({*target, *since});
  }
  if (failed && failed != std::errc::no_such_file_or_directory)
    return Failure{ErrorCode::kIo, "what is stopped cannot be read", directory, "check the directory"};
  std::ranges::sort(stops, {}, [](const RenewalStop& stop) {
    return std::pair(std::holds_alternative<DeviceId>(stop.target), NameOfStop(stop.target));
  });
  return stops;
}

}  // namespace edgekeep::author
