#include "edgekeep/log/known_contents.h"

#include <algorithm>
#include <filesystem>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/descriptor.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/signed_object.h"

namespace edgekeep::log {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 100'000;
constexpr std::size_t kMaxList = std::size_t{8} << 20;
constexpr std::size_t kMaxKnownEntry =
    formats::MaxSignedObjectSize(formats::kMaxLogContentSize, formats::kMaxSignatures);

// What is no signed entry is passed over: a folder has other files too.
Status AddFile(const crypto::Provider& provider, const std::string& path, std::set<formats::ContentDigest>& known) {
  const Result<Bytes> file = files::ReadFile(path, kMaxKnownEntry);
  if (!file) return {};
  const auto object = formats::DecodeSignedObject(formats::typ::kLogEntry, file->view());
  if (!object) return {};
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {object->payload}));
  EK_TRY_ASSIGN(const auto content, formats::ContentDigest::From(digest.view()));
  known.insert(content);
  return {};
}

}  // namespace

Status AddProposed(const crypto::Provider& provider, const std::string& directory,
                   std::set<formats::ContentDigest>& known) {
  std::error_code error;
  fs::recursive_directory_iterator walk(directory, error);
  std::size_t num_files = 0;
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    if (walk.depth() >= 2) walk.disable_recursion_pending();
    if (++num_files > kMaxFiles) return Error(ErrorCode::kTooLarge, "number of files");
    if (walk->path().extension() == ".ekl") EK_TRY(AddFile(provider, walk->path().string(), known));
  }
  return error ? Status(files::FromErrno(error.value(), "directory of proposals")) : Status();
}

Status AddListed(const std::string& path, std::set<formats::ContentDigest>& known) {
  EK_TRY_ASSIGN(const Bytes bytes, files::ReadFile(path, kMaxList));
  std::string_view rest = AsText(bytes.view());
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty() || line.starts_with('#')) continue;
    formats::ContentDigest digest;
    if (!FromHex(line, digest.mutable_view())) return Error(ErrorCode::kMalformed, "content digest");
    known.insert(digest);
  }
  return {};
}

}  // namespace edgekeep::log
