// Small files of a host below a root directory.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace edgekeep::probe {

class HostFiles {
 public:
  explicit HostFiles(std::filesystem::path root) : root_(std::move(root)) {}

  // The whole of a text file without trailing white space; nothing when it cannot be read.
  std::optional<std::string> Text(const std::string& path) const;
  std::optional<long> Number(const std::string& path) const;
  bool Exists(const std::string& path) const;
  std::vector<std::string> Lines(const std::string& path) const;

 private:
  std::filesystem::path root_;
};

}  // namespace edgekeep::probe
