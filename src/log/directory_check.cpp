#include "edgekeep/log/directory_check.h"

#include <map>

#include "edgekeep/log/log.h"
#include "edgekeep/log/tree_reader.h"
#include "tree_edge.h"

namespace edgekeep::log {
namespace {

using release::log::TreeHead;

Error NotOneTree() {
  return Error(ErrorCode::kMalformed, "log: tiles, entries and checkpoint are not one tree");
}

// Every tile is what its entries make of it.
Status CompareTiles(TreeReader& tree, const std::vector<NewFile>& files) {
  std::map<std::string, std::string> made;
  for (const NewFile& file : files) made[file.path] = file.content;
  for (unsigned level = 0; HashesOnLevel(tree.size(), level) > 0; ++level) {
    const std::uint64_t on_level = HashesOnLevel(tree.size(), level);
    for (std::uint64_t index = 0; index * kTileWidth < on_level; ++index) {
      EK_TRY_ASSIGN(const Hashes tile, tree.Tile(level, index));
      if (made[TilePath(level, index, tile.size())] != WriteHashes(tile)) return NotOneTree();
    }
  }
  return {};
}

// A clock is set right now and then, not all the time: each time costs whoever judges.
class Times {
 public:
  Status Check(UnixTime time) {
    if (time < last_ && ++num_set_back_ > kMaxSetBacks) return Error(ErrorCode::kMalformed, "log: times go back");
    last_ = time;
    return {};
  }

 private:
  UnixTime last_;
  std::size_t num_set_back_ = 0;
};

// As it is, whatever it is: who reads it judges it.
Status CopyStatement(const Storage& from, const std::string& prefix, std::uint64_t index, std::vector<NewFile>& files) {
  const std::string path = StatementPath(index);
  Result<std::string> statement = from.Read(prefix + path, kMaxStatementSize);
  if (!statement) return statement.error().code() == ErrorCode::kNotFound ? Status() : Status(statement.error());
  files.push_back({path, *std::move(statement)});
  return {};
}

Status CopyTiles(TreeReader& tree, std::vector<NewFile>& files) {
  for (unsigned level = 0; HashesOnLevel(tree.size(), level) > 0; ++level) {
    for (std::uint64_t index = 0; WidthOfTile(tree.size(), level, index) > 0; ++index) {
      EK_TRY_ASSIGN(const Hashes tile, tree.Tile(level, index));
      files.push_back({TilePath(level, index, tile.size()), WriteHashes(tile)});
    }
  }
  return {};
}

Status CopyBundles(const TreeReader& tree, std::vector<NewFile>& files) {
  for (std::uint64_t index = 0; WidthOfTile(tree.size(), 0, index) > 0; ++index) {
    EK_TRY_ASSIGN(const std::vector<std::string> entries, tree.Bundle(index));
    NewFile file{BundlePath(index, entries.size()), {}};
    for (const std::string& entry : entries) AppendToBundle(AsBytes(entry), file.content);
    files.push_back(std::move(file));
  }
  return {};
}

}  // namespace

Status CheckLogFiles(const crypto::Provider& provider, const Storage& storage, const std::string& prefix,
                     const TreeHead& head, const std::function<Status(std::uint64_t, const formats::LogEntry&)>& see) {
  TreeReader tree(provider, storage, prefix, head.size);
  TreeEdge rebuilt = TreeEdge::Empty();
  std::vector<NewFile> made;
  Times times;
  for (std::uint64_t bundle = 0; bundle * kTileWidth < head.size; ++bundle) {
    EK_TRY_ASSIGN(const std::vector<std::string> entries, tree.Bundle(bundle));
    for (std::size_t i = 0; i < entries.size(); ++i) {
      EK_TRY_ASSIGN(const formats::LogEntry entry, formats::DecodeLogEntry(AsBytes(entries[i])));
      EK_TRY(times.Check(entry.logged_at));
      EK_TRY(rebuilt.Append(provider, AsBytes(entries[i]), made));
      EK_TRY(see(bundle * kTileWidth + i, entry));
    }
  }
  EK_TRY_ASSIGN(const TreeHead found, rebuilt.Head(provider));
  if (found != head) return NotOneTree();
  rebuilt.WritePartial(0, made);
  return CompareTiles(tree, made);
}

Status ExportLog(const crypto::Provider& provider, const Storage& from, const std::string& prefix,
                 std::string_view note, Storage& out) {
  EK_TRY_ASSIGN(const auto parsed, release::log::ParseSignedNote(note));
  EK_TRY_ASSIGN(const auto checkpoint, release::log::ParseCheckpoint(parsed.text));
  const TreeHead head{.size = checkpoint.size, .root = checkpoint.root};
  std::vector<NewFile> files;
  EK_TRY(CheckLogFiles(provider, from, prefix, head, [&](std::uint64_t index, const formats::LogEntry&) {
    return CopyStatement(from, prefix, index, files);
  }));
  TreeReader tree(provider, from, prefix, head.size);
  EK_TRY(CopyTiles(tree, files));
  EK_TRY(CopyBundles(tree, files));
  for (const NewFile& file : files) EK_TRY(out.Write(file.path, AsBytes(file.content)));
  return ReplaceFile(out, "checkpoint", AsBytes(note));
}

}  // namespace edgekeep::log
