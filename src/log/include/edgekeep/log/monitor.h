// Monitor: looks at a log again and again, and says what is wrong with it that was not there before.
#pragma once
#include <optional>
#include <set>
#include <string>

#include "edgekeep/log/audit.h"

namespace edgekeep::log {

// What a monitor remembers of its last look.
struct MonitorState {
  std::string origin;
  release::log::TreeHead head;
  UnixTime cosigned_at;
  Digest signed_entries;  // SHA-256 over '1' or '0' for each entry: whether its statement was by whom it names

  friend bool operator==(const MonitorState&, const MonitorState&) = default;
};

// As a JSON text. Parse fails with kMalformed for anything but what Write makes.
std::string WriteMonitorState(const MonitorState& state);
Result<MonitorState> ParseMonitorState(std::string_view text);

struct MonitorLook {
  // Concerns about entries that the look before did not have yet, and whatever else is wrong now.
  std::vector<Concern> concerns;
  std::uint64_t further_concerns = 0;  // not listed: each look lists kMaxConcerns, and as many unproposed ones
  std::uint64_t num_new = 0;           // entries
  // What to remember once the concerns were told; nothing where the log is not the one that was seen before.
  std::optional<MonitorState> next;
};

struct MonitorOrder {
  const LogTrust& trust;
  std::optional<MonitorState> before;
  // Contents that somebody here knows of; where it is set, whatever else the log begins or changes is a concern.
  std::optional<std::set<formats::ContentDigest>> known;
};

// Fails as Audit does.
Result<MonitorLook> LookAgain(const crypto::Provider& provider, const LogSource& source, const MonitorOrder& order,
                              UnixTime now);

}  // namespace edgekeep::log
