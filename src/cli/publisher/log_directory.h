// A log's directory as commands open it.
#pragma once
#include <memory>
#include <string>

#include "edgekeep/log/key_directory.h"
#include "edgekeep/log/log.h"
#include "edgekeep/log/storage.h"
#include "edgekeep/log/tree_reader.h"
#include "edgekeep/release/log/policy.h"
#include "session.h"

namespace edgekeep::cli::publisher {

// A log that may be appended to: its lock, keys and state, in the order in which they are needed.
struct WritableLog {
  std::unique_ptr<log::Storage> storage;
  std::unique_ptr<log::NoteKeys> keys;
  std::unique_ptr<log::Log> log;
};

// Wait some seconds for whoever has the lock: a server has it for milliseconds.
author::Outcome<WritableLog> OpenWritableLog(const Session& session, const std::string& directory);
// For cosignatures by others, which need none of the log's own keys: nothing can be appended.
author::Outcome<WritableLog> OpenLogToCosign(const Session& session, const std::string& directory);

// A log's public files, in its own directory or an exported one, or as a web server has them.
struct ReadableLog {
  std::unique_ptr<log::Storage> storage;
  std::string prefix;  // before every path
  std::string note;    // the checkpoint
  std::string origin;  // and what it says
  release::log::TreeHead head;

  log::TreeReader Tree(const crypto::Provider& provider) const { return {provider, *storage, prefix, head.size}; }
};

// `directory` may be an address. The checkpoint is read, not verified: whoever shows or proves something gives others
// the means to.
author::Outcome<ReadableLog> OpenReadableLog(const std::string& directory);

author::Outcome<release::log::Policy> ReadLogPolicy(const Session& session, const std::string& path);
author::Outcome<std::string> ReadText(const std::string& path, std::size_t max_size);
// Creates `path`, or writes to standard output where it is empty.
author::Done WriteText(const std::string& path, const std::string& text);

}  // namespace edgekeep::cli::publisher
