// NewFile: a file that appears under its name whole and synced, never over another one, or not at all.
#pragma once
#include <cstdint>
#include <string>

#include "edgekeep/base/bytes.h"
#include "edgekeep/files/descriptor.h"

namespace edgekeep::files {

enum class Access : std::uint8_t {
  kPublic,   // 0666 less the umask
  kPrivate,  // 0600
};

// Until Commit the file has no name where the file system allows that (O_TMPFILE): then no crash leaves it behind.
// Elsewhere it is called ".NAME.XXXXXXXXXXXXXXXX.part" and removed by the destructor.
class NewFile {
 public:
  // kUnnamedIfPossible is for everybody; tests ask for the other way.
  enum class Placement : std::uint8_t { kUnnamedIfPossible, kNamed };

  // Fails with kAlreadyExists when anything stands at `path`, a dangling link included.
  static Result<NewFile> Create(const std::string& path, Access access,
                                Placement placement = Placement::kUnnamedIfPossible);
  NewFile(NewFile&&) noexcept = default;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  // Claims `size` bytes of disk, where the file system can: fails with kNoSpace before any work is done.
  Status Reserve(std::uint64_t size);
  Status WriteAt(std::uint64_t offset, ByteView bytes);
  // Syncs file and directory and gives the file its name. Fails with kAlreadyExists when somebody was faster. On
  // failure nothing stands at the path.
  Status Commit();

 private:
  NewFile(Descriptor directory, Descriptor file, std::string name, std::string temporary) noexcept
      : directory_(std::move(directory)),
        file_(std::move(file)),
        name_(std::move(name)),
        temporary_(std::move(temporary)) {}

  Status GiveName();

  Descriptor directory_;
  Descriptor file_;
  std::string name_;
  std::string temporary_;  // empty when the file has no name yet
};

// Creates `path` with exactly `bytes`.
Status WriteNewFile(const std::string& path, Access access, ByteView bytes);

}  // namespace edgekeep::files
