// A storage in memory that keeps of unsynced work what a cut may leave: nothing, all, some of the names, torn contents.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "edgekeep/log/storage.h"

namespace edgekeep::log {

class FaultyStorage final : public Storage {
 public:
  Result<std::string> Read(const std::string& path, std::size_t max_size) const override;
  Status Write(const std::string& path, ByteView content) override;
  Status Sync(const std::string& path) override;
  Status SyncDirectory(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;

  // Power is cut before the operation of this number, from 0: it and all that follow fail.
  void CutAt(std::uint64_t operation) { cut_at_ = operations_ + operation; }

  std::uint64_t operations() const { return operations_; }

  // Syncing below this path does nothing from now on; "" for everything.
  void LieAboutSyncsBelow(const std::string& prefix) { lies_below_ = prefix; }

  // What is there after the cut. Seed 0: nothing that was not synced, 1: all of it, others: some.
  std::unique_ptr<FaultyStorage> AfterCut(std::uint64_t seed) const;

  // Every content that ever stood at public/checkpoint, for readers who see what is not synced yet.
  const std::vector<std::string>& published() const { return published_; }

  std::unique_ptr<FaultyStorage> Copy() const { return std::make_unique<FaultyStorage>(*this); }

 private:
  struct File {
    std::string content;
    std::optional<std::string> synced;
  };

  using Names = std::map<std::string, int>;  // path to file; -1 for a directory

  // One change of names in a directory, as a whole.
  struct Change {
    std::string directory;
    std::vector<std::pair<std::string, std::optional<int>>> names;  // nothing: removed
  };

  Status Begin();
  bool LiesAbout(const std::string& path) const;
  void Apply(Names& names, const Change& change) const;
  void Do(const Change& change);
  void MakeDirectoriesAbove(const std::string& path);

  std::vector<File> files_;
  Names names_;
  Names lasting_;
  std::vector<Change> pending_;
  std::uint64_t operations_ = 0;
  std::optional<std::uint64_t> cut_at_;
  std::optional<std::string> lies_below_;
  std::vector<std::string> published_;
};

}  // namespace edgekeep::log
