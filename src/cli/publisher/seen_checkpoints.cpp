#include "seen_checkpoints.h"

#include <algorithm>
#include <filesystem>

#include "edgekeep/files/new_file.h"
#include "edgekeep/files/replace_file.h"
#include "log_directory.h"

namespace edgekeep::cli::publisher {
namespace {

namespace fs = std::filesystem;

// A directory of what was kept before anything was thinned out can still be read, and is smaller after the next run.
constexpr std::size_t kMaxRead = 20'000;
constexpr std::size_t kMostKept = 5'000;
constexpr std::size_t kLeftOver = 4'500;  // by one thinning out, which reads them all: the next one is 500 runs away
constexpr std::size_t kRecent = 1'000;    // never thinned out: what is entered now is judged by these
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

// The file that may go with the least loss, of those that say later and later times; `files.end()`: none.
std::vector<SeenFile>::iterator LeastMissed(std::vector<SeenFile>& files) {
  auto least = files.end();
  std::uint64_t least_time = UINT64_MAX;
  for (std::size_t i = 1; i + kRecent < files.size(); ++i) {
    const std::uint64_t before = files[i - 1].cosigned_at->value;
    const std::uint64_t time = std::max(files[i + 1].cosigned_at->value, before) - before;
    if (time >= least_time) continue;
    least_time = time;
    least = files.begin() + static_cast<std::ptrdiff_t>(i);
  }
  return least;
}

author::Outcome<std::vector<SeenFile>> FilesIn(const Session& session, const SeenPlace& place) {
  std::vector<SeenFile> files;
  std::error_code error;
  fs::directory_iterator file(place.directory, error);
  for (; !error && file != fs::directory_iterator(); file.increment(error)) {
    if (file->path().extension() != kSuffix) continue;
    SeenFile& one = files.emplace_back();
    one.path = file->path().string();
  }
  if (error) return author::Describe(Error(ErrorCode::kIo, "directory"), place.directory);
  if (files.size() <= kMostKept) return std::vector<SeenFile>();
  for (SeenFile& one : files) {
    EK_TRY_ASSIGN(const std::string note, ReadText(one.path, release::log::kMaxNoteSize));
    const auto believed = place.policy.Verify(session.context.provider, note, place.not_after);
    if (believed) one.cosigned_at = believed->cosigned_at();
    EK_TRY_ASSIGN(const auto parsed, author::At(one.path, release::log::ParseSignedNote(note)));
    EK_TRY_ASSIGN(const auto checkpoint, author::At(one.path, release::log::ParseCheckpoint(parsed.text)));
    one.size = checkpoint.size;
  }
  return files;
}

author::Done ThinOut(const Session& session, const SeenPlace& place, std::uint64_t newest) {
  EK_TRY_ASSIGN(std::vector<SeenFile> files, FilesIn(session, place));
  for (const std::string& path : FilesToThinOut(std::move(files), newest, kLeftOver)) {
    std::error_code error;
    fs::remove(path, error);
    if (error) return author::Describe(Error(ErrorCode::kIo, "remove"), path);
  }
  return {};
}

// True where the file is there now.
author::Outcome<bool> Write(const Session& session, const std::string& path, const SeenPlace& place,
                            const std::string& note, const release::log::TrustedCheckpoint& checkpoint) {
  const Status written = files::WriteNewFile(path, files::Access::kPublic, AsBytes(note));
  if (written) return true;
  if (written.error().code() != ErrorCode::kAlreadyExists) return author::Describe(written.error(), path);
  EK_TRY_ASSIGN(const std::string kept, ReadText(path, release::log::kMaxNoteSize));
  EK_TRY_ASSIGN(const bool says_less, author::At(path, SaysLess(session, place, kept, checkpoint)));
  if (says_less) EK_TRY(author::At(path, files::ReplaceFile(path, files::Access::kPublic, AsBytes(note))));
  return says_less;
}

}  // namespace

std::vector<std::string> FilesToThinOut(std::vector<SeenFile> files, std::uint64_t newest, std::size_t most) {
  std::vector<std::string> go;
  std::vector<SeenFile> left;
  // Those of the smallest sizes first; of what is believed, what says the most.
  std::ranges::stable_sort(files, {}, &SeenFile::size);
  std::size_t too_many = files.size() - std::min(files.size(), most);
  const auto let_go = [&](const SeenFile& file) {
    go.push_back(file.path);
    --too_many;
  };
  for (SeenFile& file : files) {
    if (too_many != 0 && !file.cosigned_at && file.size < newest) {
      let_go(file);
    } else {
      left.push_back(std::move(file));
    }
  }
  std::vector<SeenFile> later;
  std::optional<UnixTime> latest;
  for (SeenFile& file : left) {
    if (!file.cosigned_at) continue;
    if (latest && *file.cosigned_at <= *latest && too_many != 0 && file.size < newest) {
      let_go(file);
      continue;
    }
    latest = std::max(latest.value_or(UnixTime{}), *file.cosigned_at);
    later.push_back(std::move(file));
  }
  while (too_many != 0) {
    const auto least = LeastMissed(later);
    if (least == later.end()) break;
    let_go(*least);
    later.erase(least);
  }
  return go;
}

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
    if (seen.size() + passed.count == kMaxRead) {
      return author::Failure{ErrorCode::kTooLarge, "more than " + std::to_string(kMaxRead) + " checkpoints",
                             place.directory, "move those of the smallest sizes elsewhere: later ones vouch for them"};
    }
    const auto note = ReadText(path, release::log::kMaxNoteSize);
    // Who reads the same log at this moment thinned it out.
    if (!note && note.error().code == ErrorCode::kNotFound) continue;
    if (!note) return note.error();
    const auto one = place.policy.Verify(session.context.provider, *note, place.not_after);
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
  EK_TRY_ASSIGN(const bool is_new, Write(session, path, place, note, *checkpoint));
  return is_new ? ThinOut(session, place, checkpoint->head().size) : author::Done();
}

}  // namespace edgekeep::cli::publisher
