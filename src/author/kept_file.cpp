#include "kept_file.h"

#include "edgekeep/files/new_directory.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/replace_file.h"

namespace edgekeep::author {

Done KeepFile(const std::string& directory, const std::string& path, ByteView bytes) {
  EK_TRY(At(directory, files::EnsureDirectory(directory)));
  const Status made = files::WriteNewFile(path, files::Access::kPrivate, bytes);
  if (made) return {};
  if (made.error().code() != ErrorCode::kAlreadyExists) return Describe(made.error(), path);
  return At(path, files::ReplaceFile(path, files::Access::kPrivate, bytes));
}

}  // namespace edgekeep::author
