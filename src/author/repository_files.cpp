#include "repository_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/descriptor.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/release/limits.h"

namespace edgekeep::author {
namespace {

// What lies in a directory that a power cut took away is gone with it, synced or not.
Done SyncDirectoryAbove(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string place = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const files::Descriptor directory(::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.valid() && ::fsync(directory.get()) == 0) return {};
  return Describe(files::FromErrno(errno, "directory"), place);
}

}  // namespace

std::string TimestampPath(const std::string& repository) {
  return repository + "/metadata/timestamp.json";
}

Done MakeDirectories(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), 0777) == 0) {
      EK_TRY(SyncDirectoryAbove(part));
    } else if (errno != EEXIST) {
      return Describe(files::FromErrno(errno, "directory"), part);
    }
  }
  return {};
}

std::string MetadataPath(const std::string& repository, std::uint64_t version, const char* role) {
  return repository + "/metadata/" + std::to_string(version) + "." + role + ".json";
}

Done WriteOnce(const std::string& path, const std::string& text) {
  EK_TRY(MakeDirectories(path));
  const Status written = files::WriteNewFile(path, files::Access::kPublic, AsBytes(text));
  if (written) return {};
  if (written.error().code() != ErrorCode::kAlreadyExists) return Describe(written.error(), path);
  EK_TRY_ASSIGN(const Bytes there, At(path, files::ReadFile(path, text.size() + 1)));
  if (Equal(there.view(), AsBytes(text))) return {};
  return Describe(written.error(), path);
}

Outcome<json::Object> DescriptionOf(const Context& context, std::uint64_t version, const std::string& file) {
  EK_TRY_ASSIGN(const Digest digest, At("metadata", crypto::Sha256(context.provider, {AsBytes(file)})));
  return json::Object()
      .Set("hashes", json::Object().Set("sha256", HexText(digest.view())))
      .Set("length", file.size())
      .Set("version", version);
}

Outcome<std::string> SignService(const Context& context, const std::string& root, const ServiceFile& wanted,
                                 const json::Object& description, const ReleaseKeys& services) {
  json::Object content;
  content.Set("_type", wanted.type).Set("expires", DateTimeText({context.now.value + wanted.seconds}));
  content.Set("meta", json::Object().Set(wanted.described, description));
  content.Set("spec_version", "1.0.34").Set("version", wanted.version);
  EK_TRY_ASSIGN(std::string file, SignMetadata(context, content, services));
  // As a device will check it.
  const auto checked = release::CheckHolders(context.provider, AsBytes(root), wanted.type, AsBytes(file),
                                             {.required_classes = kReleaseClasses});
  if (checked) return file;
  return Failure{ErrorCode::kForbidden, std::string("not the keys of the ") + wanted.type, services.holder.name,
                 "name the keys of the service that the root has"};
}

Done CheckDevicesTake(std::string_view role, const std::string& text, const std::string& place, std::size_t more) {
  const std::size_t most = role == "root" ? release::kDeviceLimits.root_bytes : release::kDeviceLimits.targets_bytes;
  if (text.size() + more <= most) return {};
  return Failure{ErrorCode::kTooLarge,
                 std::string(role) + " metadata of " + std::to_string(text.size()) + " bytes, and devices take " +
                     std::to_string(most) + (more == 0 ? "" : " with all signatures"),
                 place, "name fewer people or files; begin another repository where this one is full"};
}

}  // namespace edgekeep::author
