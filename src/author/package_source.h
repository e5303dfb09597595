// PackageSource: a model and its side files as the one stream of bytes that is sealed (spec/package.md).
#pragma once
#include <sys/stat.h>

#include <string>
#include <vector>

#include "edgekeep/author/failure.h"
#include "edgekeep/base/bytes.h"
#include "edgekeep/files/descriptor.h"
#include "edgekeep/formats/package_index.h"

namespace edgekeep::author {

// Reads every byte once, in order, without ever holding more than the caller's buffer.
class PackageSource {
 public:
  // Opens all files and fixes their sizes; a side file inside the model's directory keeps its relative path, another
  // one only its name.
  static Outcome<PackageSource> Open(const std::string& model, const std::vector<std::string>& side_files);

  std::uint64_t plaintext_size() const noexcept { return plaintext_size_; }

  const std::string& model_path() const noexcept { return sources_.front().path; }

  const std::vector<std::string>& package_paths() const noexcept { return package_paths_; }

  std::vector<std::uint64_t> sizes() const;

  // Fills `out` with the stream's next bytes; there must be as many left.
  Done Read(MutableByteView out);

  // Fails when a file has changed in size or time since Open.
  Done CheckUnchanged() const;

 private:
  struct Source {
    std::string path;
    files::Descriptor descriptor;
    struct stat status;
    std::uint64_t offset;  // in the plaintext

    std::uint64_t size() const { return static_cast<std::uint64_t>(status.st_size); }
  };

  PackageSource() = default;
  static Outcome<Source> OpenFile(const std::string& path);
  Done LayOut();
  Done ReadFrom(const Source& source, std::uint64_t offset, MutableByteView out) const;

  std::vector<Source> sources_;
  std::vector<std::string> package_paths_;
  Bytes front_;  // index size and index, before the first padding
  std::uint64_t plaintext_size_ = 0;
  std::uint64_t position_ = 0;
  std::size_t current_ = 0;  // the first source that has bytes at or after position_
};

}  // namespace edgekeep::author
