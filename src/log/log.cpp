#include "edgekeep/log/log.h"

#include <algorithm>
#include <set>

#include "cosignature_lines.h"
#include "edgekeep/log/directory_check.h"
#include "edgekeep/log/tiles.h"
#include "tree_edge.h"

namespace edgekeep::log {
namespace {

using release::log::TreeHead;

// What the log stands by. The public one follows it: readers of a public checkpoint that a cut then took back would
// have seen a fork.
constexpr const char* kCommitted = "state/checkpoint";
const std::string kPublished = std::string(kPublicPrefix) + "checkpoint";

Result<std::string> EncodeEntry(const std::string& content, UnixTime now) {
  std::string bytes(formats::kMaxLogEntrySize, '\0');
  CborWriter out({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  EK_TRY(formats::EncodeLogEntry({.logged_at = now, .content = AsBytes(content)}, out));
  bytes.resize(out.written().size());
  return bytes;
}

Status CheckEntries(const std::vector<NewEntry>& entries) {
  if (entries.empty()) return Error(ErrorCode::kBadArgument, "log: nothing to append");
  if (entries.size() > kMaxBatch) return Error(ErrorCode::kTooLarge, "log: batch");
  for (const NewEntry& entry : entries) {
    EK_TRY(formats::KindOfLogContent(AsBytes(entry.content)));
    if (entry.statement.size() > kMaxStatementSize) return Error(ErrorCode::kTooLarge, "log: statement");
  }
  return {};
}

// Each entry's own, of which `first` is the first. An append that was cut may have left others where the tree does not
// reach yet.
void AddStatements(const Storage& storage, const std::vector<NewEntry>& entries, std::uint64_t first,
                   std::vector<NewFile>& files) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string path = kPublicPrefix + StatementPath(first + i);
    const auto is_free = [&] {
      const Result<std::string> found = storage.Read(path, 0);
      return !found && found.error().code() == ErrorCode::kNotFound;
    };
    if (!entries[i].statement.empty() || !is_free()) files.push_back({path, entries[i].statement});
  }
}

// Contents first, then the names that lead to them. `lasting` are directories whose own names last already.
Status WriteDurably(Storage& storage, const std::vector<NewFile>& files, std::set<std::string>& lasting) {
  std::set<std::string, std::greater<>> directories;  // a directory after those in it
  for (const NewFile& file : files) EK_TRY(storage.Write(file.path, AsBytes(file.content)));
  for (const NewFile& file : files) {
    EK_TRY(storage.Sync(file.path));
    for (const std::string& directory : DirectoriesAbove(file.path)) {
      directories.insert(directory);
      if (lasting.contains(directory)) break;
    }
  }
  for (const std::string& directory : directories) EK_TRY(storage.SyncDirectory(directory));
  lasting.insert(directories.begin(), directories.end());
  return {};
}

std::vector<release::log::VerifierKey> VerifiersOf(const std::vector<NoteSigner>& signers) {
  std::vector<release::log::VerifierKey> keys;
  for (const NoteSigner& signer : signers) keys.push_back(signer.verifier());
  return keys;
}

Status CheckSigners(const std::vector<NoteSigner>& signers) {
  if (signers.empty()) return Error(ErrorCode::kBadArgument, "log: no key");
  const std::string_view origin = signers.front().verifier().name();
  const bool is_one = std::ranges::all_of(signers, [&](const NoteSigner& s) { return s.verifier().name() == origin; });
  return is_one ? Status() : Error(ErrorCode::kBadArgument, "log: keys of two names");
}

struct OwnCheckpoint {
  TreeHead head;
  UnixTime signed_at;  // 0 where no key states a time
};

// All of the signers, under their own origin.
Result<OwnCheckpoint> VerifyOwn(const crypto::Provider& provider, const std::string& note,
                                const std::vector<NoteSigner>& signers) {
  const auto keys = VerifiersOf(signers);
  EK_TRY_ASSIGN(const auto checkpoint, release::log::VerifyCheckpoint(provider, note, keys));
  UnixTime signed_at;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!checkpoint.signed_at(i)) return Error(ErrorCode::kBadSignature, "log: checkpoint without a key's signature");
    signed_at = std::max(signed_at, *checkpoint.signed_at(i));
  }
  if (checkpoint.checkpoint().origin != keys.front().name()) return Error(ErrorCode::kBadSignature, "log: origin");
  return OwnCheckpoint{{.size = checkpoint.checkpoint().size, .root = checkpoint.checkpoint().root}, signed_at};
}

// One clock that was far ahead for a moment would otherwise be every later entry's, for as long as it was ahead.
Result<UnixTime> TimeToStamp(UnixTime now, UnixTime last, UnixTime signed_at, LogClock clock) {
  const bool is_behind = now < last;
  if (is_behind && last.value - now.value <= kClockTolerance) return last;
  if (clock == LogClock::kVouched) return now;
  if (is_behind) return Error(ErrorCode::kNotYetValid, "log: this clock is behind the log's last entry");
  const UnixTime known = std::max(last, signed_at);
  if (now > known && now.value - known.value > kMaxSilence) {
    return Error(ErrorCode::kNotYetValid, "log: this clock is more than a year ahead of the log");
  }
  return now;
}

Result<UnixTime> TimeOfLast(TreeReader& tree) {
  if (tree.size() == 0) return UnixTime{0};
  EK_TRY_ASSIGN(const std::string bytes, tree.Entry(tree.size() - 1));
  EK_TRY_ASSIGN(const formats::LogEntry entry, formats::DecodeLogEntry(AsBytes(bytes)));
  return entry.logged_at;
}

// Readers would read none of a log that goes back once more.
Status CheckSetBacks(const crypto::Provider& provider, const Storage& storage, std::uint64_t size) {
  const TreeReader tree(provider, storage, kPublicPrefix, size);
  UnixTime last;
  std::size_t num_set_back = 0;
  for (std::uint64_t bundle = 0; bundle * kTileWidth < size; ++bundle) {
    EK_TRY_ASSIGN(const std::vector<std::string> entries, tree.Bundle(bundle));
    for (const std::string& bytes : entries) {
      EK_TRY_ASSIGN(const formats::LogEntry entry, formats::DecodeLogEntry(AsBytes(bytes)));
      if (entry.logged_at < last) ++num_set_back;
      last = entry.logged_at;
    }
  }
  if (num_set_back < kMaxSetBacks) return {};
  return Error(ErrorCode::kTooLarge, "log: its time went back as often as readers bear");
}

}  // namespace

struct Log::State {
  const crypto::Provider* provider;
  Storage* storage;
  std::vector<NoteSigner> signers;
  TreeEdge edge;
  TreeHead head;
  std::string note;
  UnixTime last_time;
  UnixTime signed_at;  // the checkpoint
  bool is_broken = false;
  std::set<std::string> lasting_directories;
};

Log::Log(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}

Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;
Log::~Log() = default;

std::string_view Log::origin() const noexcept {
  return state_->signers.front().verifier().name();
}

const TreeHead& Log::head() const noexcept {
  return state_->head;
}

const std::string& Log::checkpoint() const noexcept {
  return state_->note;
}

Status Log::Commit(const std::string& note) {
  EK_TRY(ReplaceFile(*state_->storage, kCommitted, AsBytes(note)));
  return ReplaceFile(*state_->storage, kPublished, AsBytes(note));
}

Result<Log> Log::Create(const crypto::Provider& provider, Storage& storage, std::vector<NoteSigner> signers,
                        UnixTime now) {
  EK_TRY(CheckSigners(signers));
  if (storage.Read(kCommitted, release::log::kMaxNoteSize)) return Error(ErrorCode::kAlreadyExists, "log");
  auto state = std::make_unique<State>(State{.provider = &provider,
                                             .storage = &storage,
                                             .signers = std::move(signers),
                                             .edge = TreeEdge::Empty(),
                                             .head = {},
                                             .note = {},
                                             .last_time = {},
                                             .signed_at = now,
                                             .lasting_directories = {}});
  EK_TRY_ASSIGN(state->head, state->edge.Head(provider));
  const std::string text = CheckpointText(state->signers.front().verifier().name(), state->head);
  EK_TRY_ASSIGN(state->note, SignCheckpoint(provider, text, state->signers, now));
  Log log(std::move(state));
  EK_TRY(log.Commit(log.state_->note));
  EK_TRY(storage.SyncDirectory(""));
  return log;
}

Result<Log> Log::Open(const crypto::Provider& provider, Storage& storage, std::vector<NoteSigner> signers) {
  EK_TRY(CheckSigners(signers));
  EK_TRY_ASSIGN(std::string note, storage.Read(kCommitted, release::log::kMaxNoteSize));
  EK_TRY_ASSIGN(const OwnCheckpoint own, VerifyOwn(provider, note, signers));
  const TreeHead& head = own.head;
  TreeReader tree(provider, storage, kPublicPrefix, head.size);
  EK_TRY_ASSIGN(TreeEdge edge, TreeEdge::Read(tree));
  EK_TRY_ASSIGN(const TreeHead found, edge.Head(provider));
  if (found != head) return Error(ErrorCode::kMalformed, "log: tiles are not the checkpoint's");
  EK_TRY_ASSIGN(const UnixTime last_time, TimeOfLast(tree));
  auto state = std::make_unique<State>(State{.provider = &provider,
                                             .storage = &storage,
                                             .signers = std::move(signers),
                                             .edge = std::move(edge),
                                             .head = head,
                                             .note = std::move(note),
                                             .last_time = last_time,
                                             .signed_at = own.signed_at,
                                             .lasting_directories = {}});
  Log log(std::move(state));
  // A cut may have come between the two, or before their names lasted.
  EK_TRY(log.Commit(log.state_->note));
  EK_TRY(storage.SyncDirectory(""));
  return log;
}

Result<Appended> Log::Append(const std::vector<NewEntry>& entries, UnixTime now, LogClock clock) {
  if (state_->is_broken) return Error(ErrorCode::kBadState, "log: to be opened again");
  EK_TRY(CheckEntries(entries));
  EK_TRY_ASSIGN(const UnixTime time, TimeToStamp(now, state_->last_time, state_->signed_at, clock));
  if (time < state_->last_time) EK_TRY(CheckSetBacks(*state_->provider, *state_->storage, state_->head.size));
  TreeEdge edge = state_->edge;
  std::vector<NewFile> files;
  for (const NewEntry& entry : entries) {
    EK_TRY_ASSIGN(const std::string bytes, EncodeEntry(entry.content, time));
    EK_TRY(edge.Append(*state_->provider, AsBytes(bytes), files));
  }
  edge.WritePartial(state_->head.size, files);
  for (NewFile& file : files) file.path = kPublicPrefix + file.path;
  AddStatements(*state_->storage, entries, state_->head.size, files);
  EK_TRY_ASSIGN(const TreeHead head, edge.Head(*state_->provider));
  EK_TRY_ASSIGN(std::string note,
                SignCheckpoint(*state_->provider, CheckpointText(origin(), head), state_->signers, now));
  // From here on the storage may hold the new checkpoint or the old one; only a fresh look can tell.
  state_->is_broken = true;
  EK_TRY(WriteDurably(*state_->storage, files, state_->lasting_directories));
  EK_TRY(Commit(note));
  const Appended appended{.first = state_->head.size, .head = head};
  state_->edge = std::move(edge);
  state_->head = head;
  state_->note = std::move(note);
  state_->last_time = time;
  state_->signed_at = now;
  state_->is_broken = false;
  return appended;
}

Status Log::AddCosignatures(std::string_view lines, UnixTime not_after) {
  if (state_->is_broken) return Error(ErrorCode::kBadState, "log: to be opened again");
  EK_TRY_ASSIGN(std::string note, WithCosignatures(state_->note, lines, VerifiersOf(state_->signers), not_after));
  EK_TRY(VerifyOwn(*state_->provider, note, state_->signers));
  state_->is_broken = true;
  EK_TRY(Commit(note));
  state_->note = std::move(note);
  state_->is_broken = false;
  return {};
}

}  // namespace edgekeep::log
