// Files that fit into one message of the gate.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "edgekeep/base/bytes.h"
#include "outcome.h"

namespace edgekeep::cli::device {

// Reads a regular file of at most 64 KiB; `what` names it in refusals ("the trust bundle").
Outcome<std::vector<std::uint8_t>> ReadSmallFile(const std::string& path, const std::string& what);

// Reads a regular file of at most `max_size` bytes; waits for no pipe.
Outcome<std::vector<std::uint8_t>> ReadRegularFile(const std::string& path, const std::string& what,
                                                   std::size_t max_size);

// That a new file can be made there, as far as can be seen: asked before something is done that is not done twice.
Done CheckCanBeMade(const std::string& path);

// Of a new file.
enum class Readers { kAll, kItsOwnerAlone };

// Writes a new file, never over an old one; what could not be written whole is removed.
Done WriteNewFile(const std::string& path, ByteView bytes, Readers readers = Readers::kAll);

// New files that belong together: all are written, or none stays.
class NewFiles {
 public:
  NewFiles() = default;
  NewFiles(const NewFiles&) = delete;
  NewFiles& operator=(const NewFiles&) = delete;
  ~NewFiles();

  // With the directories above it. Where that fails, writing into it says why.
  void MakeDirectory(const std::string& path);
  Done Write(const std::string& path, ByteView bytes);

  void Keep() { kept_ = true; }

 private:
  std::vector<std::string> files_;
  std::vector<std::filesystem::path> directories_;  // the deepest first
  bool kept_ = false;
};

}  // namespace edgekeep::cli::device
