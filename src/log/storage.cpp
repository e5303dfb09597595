#include "edgekeep/log/storage.h"

namespace edgekeep::log {

std::vector<std::string> DirectoriesAbove(const std::string& path) {
  std::vector<std::string> directories;
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0;
       slash = path.rfind('/', slash - 1)) {
    directories.push_back(path.substr(0, slash));
  }
  directories.emplace_back();
  return directories;
}

std::string PathBeside(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
  return path.substr(0, begin) + "." + path.substr(begin) + ".next";
}

Status ReplaceFile(Storage& storage, const std::string& path, ByteView content) {
  const std::string next = PathBeside(path);
  EK_TRY(storage.Write(next, content));
  EK_TRY(storage.Sync(next));
  EK_TRY(storage.Rename(next, path));
  return storage.SyncDirectory(DirectoriesAbove(path).front());
}

}  // namespace edgekeep::log
