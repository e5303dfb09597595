#include "faulty_storage.h"

#include <random>

namespace edgekeep::log {
namespace {

std::string DirectoryOf(const std::string& path) {
  return DirectoriesAbove(path).front();
}

}  // namespace

Status FaultyStorage::Begin() {
  if (cut_at_ && operations_ >= *cut_at_) return Error(ErrorCode::kIo, "cut");
  ++operations_;
  return {};
}

bool FaultyStorage::LiesAbout(const std::string& path) const {
  return lies_below_ && path.starts_with(*lies_below_);
}

void FaultyStorage::Apply(Names& names, const Change& change) const {
  for (const auto& [path, file] : change.names) {
    if (file) {
      names[path] = *file;
    } else {
      names.erase(path);
    }
  }
}

void FaultyStorage::Do(const Change& change) {
  Apply(names_, change);
  pending_.push_back(change);
}

void FaultyStorage::MakeDirectoriesAbove(const std::string& path) {
  const std::vector<std::string> directories = DirectoriesAbove(path);
  for (auto name = directories.rbegin(); name != directories.rend(); ++name) {
    if (!name->empty() && !names_.contains(*name)) Do({DirectoryOf(*name), {{*name, -1}}});
  }
}

Result<std::string> FaultyStorage::Read(const std::string& path, std::size_t max_size) const {
  const auto found = names_.find(path);
  if (found == names_.end() || found->second < 0) return Error(ErrorCode::kNotFound, "file");
  const std::string& content = files_[static_cast<std::size_t>(found->second)].content;
  if (content.size() > max_size) return Error(ErrorCode::kTooLarge, "file");
  return content;
}

Status FaultyStorage::Write(const std::string& path, ByteView content) {
  EK_TRY(Begin());
  MakeDirectoriesAbove(path);
  if (!names_.contains(path)) {
    files_.push_back({});
    Do({DirectoryOf(path), {{path, static_cast<int>(files_.size()) - 1}}});
  }
  files_[static_cast<std::size_t>(names_.at(path))].content = AsText(content);
  return {};
}

Status FaultyStorage::Sync(const std::string& path) {
  EK_TRY(Begin());
  const auto found = names_.find(path);
  if (found == names_.end()) return Error(ErrorCode::kNotFound, "file");
  File& file = files_[static_cast<std::size_t>(found->second)];
  if (!LiesAbout(path)) file.synced = file.content;
  return {};
}

Status FaultyStorage::SyncDirectory(const std::string& path) {
  EK_TRY(Begin());
  if (!path.empty() && !names_.contains(path)) return Error(ErrorCode::kNotFound, "directory");
  if (LiesAbout(path)) return {};
  std::erase_if(pending_, [&](const Change& change) {
    if (change.directory != path) return false;
    Apply(lasting_, change);
    return true;
  });
  return {};
}

Status FaultyStorage::Rename(const std::string& from, const std::string& to) {
  EK_TRY(Begin());
  const auto found = names_.find(from);
  if (found == names_.end()) return Error(ErrorCode::kNotFound, "file");
  Do({DirectoryOf(to), {{to, found->second}, {from, std::nullopt}}});
  if (to == "public/checkpoint") published_.push_back(files_[static_cast<std::size_t>(names_.at(to))].content);
  return {};
}

std::unique_ptr<FaultyStorage> FaultyStorage::AfterCut(std::uint64_t seed) const {
  std::mt19937_64 random(seed);
  const auto survives = [&] { return seed == 1 || (seed > 1 && random() % 2 == 0); };
  auto after = std::make_unique<FaultyStorage>();
  after->published_ = published_;
  after->names_ = lasting_;
  for (const Change& change : pending_) {
    if (survives()) Apply(after->names_, change);
  }
  std::erase_if(after->names_, [&](const auto& name) {
    for (const std::string& directory : DirectoriesAbove(name.first)) {
      if (!directory.empty() && !after->names_.contains(directory)) return true;
    }
    return false;
  });
  for (const File& file : files_) {
    const std::string old = file.synced.value_or("");
    std::string content = survives() ? file.content : old;
    if (seed > 1 && file.content != old && random() % 3 == 0) content = file.content.substr(0, file.content.size() / 2);
    after->files_.push_back({content, content});
  }
  after->lasting_ = after->names_;
  return after;
}

}  // namespace edgekeep::log
