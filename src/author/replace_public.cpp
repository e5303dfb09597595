#include "replace_public.h"

#include <fcntl.h>

#include <cerrno>
#include <cstdio>

#include "edgekeep/files/descriptor.h"
#include "edgekeep/files/new_file.h"

namespace edgekeep::author {

Done ReplacePublicFile(const std::string& path, const std::string& text) {
  const std::string directory = path.substr(0, path.rfind('/'));
  const std::string next = directory + "/." + path.substr(directory.size() + 1) + ".next";
  // A cut may have left one behind; it never counted.
  ::unlink(next.c_str());
  EK_TRY(At(path, files::WriteNewFile(next, files::Access::kPublic, AsBytes(text))));
  const files::Descriptor open(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (::rename(next.c_str(), path.c_str()) != 0 || !open.valid() || ::fsync(open.get()) != 0) {
    const int error_number = errno;
    ::unlink(next.c_str());
    return Describe(files::FromErrno(error_number, "file"), path);
  }
  return {};
}

}  // namespace edgekeep::author
