// JournalFile: the trusted journal as two bounded text files (spec/keep-state.md §5).
#pragma once
#include <cstdint>
#include <utility>

#include "edgekeep/base/writer.h"
#include "edgekeep/ports/clock.h"
#include "edgekeep/ports/journal.h"

namespace edgekeep::store {

// One line an entry: seconds, "refused" or "event", what, code, where. When `journal` would grow beyond kMaxSize it
// becomes `journal.old`, replacing that. Any number of threads.
class JournalFile final : public ports::Journal {
 public:
  static constexpr std::uint64_t kMaxSize = 256 * 1024;

  // `directory` must be there. The clock outlives the journal.
  static Result<JournalFile> Open(const char* directory, ports::Clock& clock);

  JournalFile(JournalFile&& other) noexcept : directory_(std::exchange(other.directory_, -1)), clock_(other.clock_) {}

  JournalFile& operator=(JournalFile&&) = delete;
  ~JournalFile() override;

  void NoteRefusal(std::string_view what, const Error& why) noexcept override;
  void NoteEvent(std::string_view what) noexcept override;

 private:
  JournalFile(int directory, ports::Clock& clock) noexcept : directory_(directory), clock_(&clock) {}

  Status WriteTime(Writer& out);
  Status Append(ByteView line);

  int directory_;
  ports::Clock* clock_;
};

}  // namespace edgekeep::store
