// Storage to be read alone, of which a test chooses what each read sees.
#pragma once
#include <functional>
#include <string>
#include <utility>

#include "edgekeep/log/storage.h"

namespace edgekeep::log {

class WatchedReads final : public Storage {
 public:
  using Choice = std::function<const Storage&(const std::string& path)>;

  explicit WatchedReads(Choice choice) : choice_(std::move(choice)) {}

  Result<std::string> Read(const std::string& path, std::size_t max_size) const override {
    return choice_(path).Read(path, max_size);
  }

  Status Write(const std::string&, ByteView) override { return Refused(); }

  Status Sync(const std::string&) override { return Refused(); }

  Status SyncDirectory(const std::string&) override { return Refused(); }

  Status Rename(const std::string&, const std::string&) override { return Refused(); }

 private:
  static Error Refused() { return Error(ErrorCode::kReadOnly, "storage"); }

  Choice choice_;
};

}  // namespace edgekeep::log
