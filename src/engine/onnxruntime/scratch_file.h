// A file in the scratch directory: the one way ONNX Runtime hands out a prepared form.
#pragma once
#include "edgekeep/base/inline_string.h"
#include "edgekeep/base/secret.h"

namespace edgekeep::engine {

// Ends by overwriting the file with zeros and removing it, whether it was read or not.
class ScratchFile {
 public:
  // Names a file inside `directory`. Fails with kBadArgument when the path is too long.
  static Result<ScratchFile> In(const char* directory);

  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  ScratchFile(ScratchFile&& other) noexcept : path_(other.path_) { other.path_ = {}; }

  ScratchFile& operator=(ScratchFile&&) = delete;
  ~ScratchFile();

  const char* path() const noexcept { return path_.c_str(); }

  // Fails with kIo, kTooLarge (over 2 GiB), kNoMemory.
  Result<SecretBytes> Read() const;

 private:
  explicit ScratchFile(const InlineString<255>& path) noexcept : path_(path) {}

  InlineString<255> path_;
};

}  // namespace edgekeep::engine
