#include "seen_checkpoints.h"

#include <filesystem>

#include "edgekeep/files/new_file.h"
#include "edgekeep/files/replace_file.h"
#include "log_directory.h"

namespace edgekeep::cli::publisher {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSeen = 10'000;
constexpr const char* kSuffix = ".checkpoint";

bool IsNotBelieved(const Error& error) {
  return error.code() == ErrorCode::kUntrusted || error.code() == ErrorCode::kBadSignature;
}

// How many were passed over, and one of them.
struct PassedOver {
  std::size_t count = 0;
  std::string path;
};

void Tell(const Session& session, const PassedOver& passed) {
  if (passed.count == 0) return;
  session.report.Warn(std::to_string(passed.count) + " kept checkpoints are passed over, " + passed.path +
                      " first: the policy does not believe them now, or a cosigner's clock was ahead; what only they "
                      "show is not found");
}

// Whether `kept` says less than a checkpoint of this head that was cosigned at this time.
Result<bool> SaysLess(const Session& session, const SeenPlace& place, const std::string& kept,
                      const release::log::TrustedCheckpoint& than) {
  EK_TRY_ASSIGN(const auto parsed, release::log::ParseSignedNote(kept));
  EK_TRY_ASSIGN(const auto checkpoint, release::log::ParseCheckpoint(parsed.text));
  // Of two trees of one size each is the proof that the other one is a fork.
  if (checkpoint.origin != than.origin() || checkpoint.root != than.head().root) return false;
  const auto believed = place.policy.Verify(session.context.provider, kept, place.not_after);
  return !believed || believed->cosigned_at() < than.cosigned_at();
}

}  // namespace

author::Outcome<std::vector<log::CosignedHead>> ReadSeen(const Session& session, const SeenPlace& place,
                                                         std::string_view origin) {
  std::vector<log::CosignedHead> seen;
  PassedOver passed;
  std::error_code error;
  if (place.directory.empty() || (!fs::exists(place.directory, error) && !error)) return seen;
  fs::directory_iterator file(place.directory, error);
  for (; !error && file != fs::directory_iterator(); file.increment(error)) {
    if (file->path().extension() != kSuffix) continue;
    const std::string path = file->path().string();
    if (seen.size() + passed.count == kMaxSeen) {
      return author::Failure{ErrorCode::kTooLarge, "more than " + std::to_string(kMaxSeen) + " checkpoints",
                             place.directory, "move those of the smallest sizes elsewhere: later ones vouch for them"};
    }
    EK_TRY_ASSIGN(const std::string note, ReadText(path, release::log::kMaxNoteSize));
    const auto one = place.policy.Verify(session.context.provider, note, place.not_after);
    if (!one && IsNotBelieved(one.error())) {
      if (passed.count++ == 0) passed.path = path;
      continue;
    }
    if (!one) return author::Describe(one.error(), path);
    if (one->origin() != origin) {
      return author::Failure{ErrorCode::kUntrusted, "a checkpoint of another log", path, "keep each log's apart"};
    }
    seen.push_back({one->head(), one->cosigned_at(), path});
  }
  if (error) return author::Describe(Error(ErrorCode::kIo, "directory"), place.directory);
  Tell(session, passed);
  return seen;
}

author::Done KeepSeen(const Session& session, const SeenPlace& place, const std::string& note) {
  if (place.directory.empty()) return {};
  const auto checkpoint = place.policy.Verify(session.context.provider, note, place.not_after);
  if (!checkpoint || checkpoint->cosigned_at().value == 0) return {};
  std::error_code error;
  fs::create_directories(place.directory, error);
  const std::string path = place.directory + "/" + std::to_string(checkpoint->head().size) + kSuffix;
  const Status written = files::WriteNewFile(path, files::Access::kPublic, AsBytes(note));
  if (written || written.error().code() != ErrorCode::kAlreadyExists) return author::At(path, written);
  EK_TRY_ASSIGN(const std::string kept, ReadText(path, release::log::kMaxNoteSize));
  EK_TRY_ASSIGN(const bool says_less, author::At(path, SaysLess(session, place, kept, *checkpoint)));
  if (!says_less) return {};
  return author::At(path, files::ReplaceFile(path, files::Access::kPublic, AsBytes(note)));
}

}  // namespace edgekeep::cli::publisher
