// Text from elsewhere on its way to a person's terminal.
#pragma once
#include <span>

namespace edgekeep {

// Puts '?' in place of every byte of a control character (U+0000 to U+001F, U+007F to U+009F, and those that end lines
// or turn the direction of what follows; UTF-8): what stands in a file's name is shown, not obeyed. Other bytes stay.
void ShowInOneLine(std::span<char> text) noexcept;

// The same, but line ends stay.
void ShowInLines(std::span<char> text) noexcept;

}  // namespace edgekeep
