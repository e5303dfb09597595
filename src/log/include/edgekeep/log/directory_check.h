// Whether the files of a log are whole: every entry, hash and tile under its checkpoint.
#pragma once
#include <functional>
#include <string>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/log/storage.h"
#include "edgekeep/release/log/merkle.h"

namespace edgekeep::log {

// How often a log's time may go back (spec/log-entries.md §1).
inline constexpr std::size_t kMaxSetBacks = 64;

// Hands each entry, in order, to `see`. Fails with kMalformed where tiles, entries and `head` are not one tree, an
// entry is none, or times go back too often; with what `see` fails with.
Status CheckLogFiles(const crypto::Provider& provider, const Storage& storage, const std::string& prefix,
                     const release::log::TreeHead& head,
                     const std::function<Status(std::uint64_t index, const formats::LogEntry&)>& see);

// Writes what a log of this checkpoint needs, and nothing else, into `out`: a directory that any web server can serve.
// `note` is believed; the files are checked.
Status ExportLog(const crypto::Provider& provider, const Storage& from, const std::string& prefix,
                 std::string_view note, Storage& out);

}  // namespace edgekeep::log
