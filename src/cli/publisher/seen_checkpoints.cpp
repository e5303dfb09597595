#include "seen_checkpoints.h"

#include <filesystem>

#include "edgekeep/files/new_file.h"
#include "log_directory.h"

namespace edgekeep::cli::publisher {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSeen = 10'000;
constexpr const char* kSuffix = ".checkpoint";

}  // namespace

author::Outcome<std::vector<log::CosignedHead>> ReadSeen(const Session& session, const std::string& directory,
                                                         const release::log::Policy& policy, std::string_view origin) {
  std::vector<log::CosignedHead> seen;
  std::error_code error;
  if (directory.empty() || (!fs::exists(directory, error) && !error)) return seen;
  fs::directory_iterator file(directory, error);
  for (; !error && file != fs::directory_iterator(); file.increment(error)) {
    if (file->path().extension() != kSuffix) continue;
    const std::string path = file->path().string();
    if (seen.size() == kMaxSeen) return author::Describe(Error(ErrorCode::kTooLarge, "number of checkpoints"), path);
    EK_TRY_ASSIGN(const std::string note, ReadText(path, release::log::kMaxNoteSize));
    EK_TRY_ASSIGN(const auto one, author::At(path, policy.Verify(session.context.provider, note)));
    if (one.origin() != origin) {
      return author::Failure{ErrorCode::kUntrusted, "a checkpoint of another log", path, "keep each log's apart"};
    }
    seen.push_back({one.head(), one.cosigned_at()});
  }
  if (error) return author::Describe(Error(ErrorCode::kIo, "directory"), directory);
  return seen;
}

author::Done KeepSeen(const std::string& directory, const release::log::TrustedCheckpoint& checkpoint,
                      const std::string& note) {
  if (directory.empty() || checkpoint.cosigned_at().value == 0) return {};
  std::error_code error;
  fs::create_directories(directory, error);
  const std::string path = directory + "/" + std::to_string(checkpoint.head().size) + kSuffix;
  const Status written = files::WriteNewFile(path, files::Access::kPublic, AsBytes(note));
  if (!written && written.error().code() == ErrorCode::kAlreadyExists) return {};
  return author::At(path, written);
}

}  // namespace edgekeep::cli::publisher
