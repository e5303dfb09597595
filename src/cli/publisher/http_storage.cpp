#include "http_storage.h"

#include "edgekeep/http/client.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 29;
constexpr std::chrono::hours kMaxTime{1};

Error ReadOnly() {
  return Error(ErrorCode::kReadOnly, "log on a web server");
}

}  // namespace

HttpStorage::HttpStorage(std::string url) : url_(std::move(url)), end_(std::chrono::steady_clock::now() + kMaxTime) {
  if (!url_.ends_with('/')) url_ += '/';
}

Result<std::string> HttpStorage::Fetch(const std::string& path, std::size_t max_size) const {
  if (std::chrono::steady_clock::now() > end_) return Error(ErrorCode::kTimedOut, "log on a web server");
  EK_TRY_ASSIGN(http::Answer answer, http::Get(url_ + path, max_size));
  if (answer.status == 404) return Error(ErrorCode::kNotFound, "log on a web server");
  if (answer.status != 200) return Error(ErrorCode::kIo, "log on a web server");
  return std::move(answer.body);
}

Result<std::string> HttpStorage::Read(const std::string& path, std::size_t max_size) const {
  const auto found = read_.find(path);
  if (found != read_.end()) return found->second;
  Result<std::string> file = Fetch(path, max_size);
  if (!file && file.error().code() != ErrorCode::kNotFound) return file;
  num_bytes_ += path.size() + (file ? file->size() : 0);
  if (num_bytes_ > kMaxBytes) return Error(ErrorCode::kTooLarge, "log on a web server");
  return read_.emplace(path, std::move(file)).first->second;
}

Status HttpStorage::Write(const std::string&, ByteView) {
  return ReadOnly();
}

Status HttpStorage::Sync(const std::string&) {
  return ReadOnly();
}

Status HttpStorage::SyncDirectory(const std::string&) {
  return ReadOnly();
}

Status HttpStorage::Rename(const std::string&, const std::string&) {
  return ReadOnly();
}

}  // namespace edgekeep::cli::publisher
