#include "chip_class.h"

#include <charconv>

namespace edgekeep::cli::publisher {
namespace {

std::optional<std::uint64_t> FirmwareOf(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::uint32_t MakerOf(std::string_view name, char filler) {
  std::uint32_t maker = 0;
  for (std::size_t i = 0; i < 4; ++i)
    maker = maker << 8 | static_cast<std::uint8_t>(i < name.size() ? name[i] : filler);
  return maker;
}

bool ReadRange(std::string_view range, formats::QuarantinedChips& chips) {
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return false;
  const auto first = FirmwareOf(range.substr(0, dash)), last = FirmwareOf(range.substr(dash + 1));
  if (!first || !last || *first > *last) return false;
  chips.first_firmware = *first;
  chips.last_firmware = *last;
  return true;
}

}  // namespace

std::vector<formats::QuarantinedChips> ParseChipClass(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  formats::QuarantinedChips chips{
      .manufacturer = MakerOf(name, '\0'), .first_firmware = 0, .last_firmware = UINT64_MAX};
  if (name.empty() || name.size() > 4) return {};
  if (equals != std::string_view::npos && !ReadRange(text.substr(equals + 1), chips)) return {};
  std::vector<formats::QuarantinedChips> classes = {chips};
  chips.manufacturer = MakerOf(name, ' ');
  if (name.size() < 4) classes.push_back(chips);
  return classes;
}

}  // namespace edgekeep::cli::publisher
