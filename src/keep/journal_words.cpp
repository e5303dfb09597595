#include "journal_words.h"

#include <array>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/writer.h"

namespace edgekeep::keep {

void NoteEvent(ports::Journal& journal, std::initializer_list<std::string_view> words) {
  std::array<std::uint8_t, 192 + ProductName::kMaxLength> buffer;
  Writer event(buffer);
  for (const std::string_view word : words) {
    if (!event.WriteBytes(AsBytes(word))) break;
  }
  journal.NoteEvent(AsText(event.written()));
}

}  // namespace edgekeep::keep
