// Placeholders in a program's words: {model} is the model of a package, {file:PATH} a file beside it.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace edgekeep::cli::device {

// Paths within the package, each once, in the order in which they were met; the empty one is the model.
class NamedFiles {
 public:
  // Notes what `text` names.
  void AddNamesIn(const std::string& text);

  const std::vector<std::string>& paths() const { return paths_; }

  // `text` with each placeholder replaced by the place of its file; `places` are in the order of paths().
  std::string Replace(const std::string& text, const std::vector<std::string>& places) const;

 private:
  std::vector<std::string> paths_;
};

}  // namespace edgekeep::cli::device
