#include "folder_entries.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/descriptor.h"
#include "edgekeep/files/new_file.h"
#include "metadata_json.h"

namespace edgekeep::author {

Outcome<std::vector<std::string>> EntriesOf(const std::string& directory, std::string_view suffix) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(directory.c_str()), ::closedir);
  if (!open && errno == ENOENT) return names;
  if (!open) return Describe(files::FromErrno(errno, "directory"), directory);
  while (const dirent* entry = ::readdir(open.get())) {
    std::string name = entry->d_name;
    if (name.starts_with('.') || !name.ends_with(suffix)) continue;
    if (names.size() == kMaxFolderEntries) return Describe(Error(ErrorCode::kTooLarge, "number of files"), directory);
    names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

Done AddByContent(const crypto::Provider& provider, const std::string& directory, const std::string& stem,
                  std::string_view suffix, ByteView bytes) {
  if (::mkdir(directory.c_str(), 0777) != 0 && errno != EEXIST) {
    return Describe(files::FromErrno(errno, "directory"), directory);
  }
  EK_TRY_ASSIGN(const Digest digest, At(directory, crypto::Sha256(provider, {bytes})));
  const std::string path = directory + "/" + stem + "-" + HexText(digest.view()).substr(0, 16) + std::string(suffix);
  const Status written = files::WriteNewFile(path, files::Access::kPublic, bytes);
  if (written || written.error().code() == ErrorCode::kAlreadyExists) return {};
  return Describe(written.error(), path);
}

}  // namespace edgekeep::author
