// An event of the journal, made of words.
#pragma once
#include <initializer_list>
#include <string_view>

#include "edgekeep/ports/journal.h"

namespace edgekeep::keep {

// Words that do not fit one line are left out, from the first such one on.
void NoteEvent(ports::Journal& journal, std::initializer_list<std::string_view> words);

}  // namespace edgekeep::keep
