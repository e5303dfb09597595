// What an application stores, as the vectors' `fields` show it.
#pragma once
#include <string>

#include "edgekeep/formats/stored_values.h"
#include "vector_file.h"

namespace edgekeep::formats {

inline Json Describe(const StoredValues& values) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  Json all = Json::array();
  for (const StoredValue& value : values) {
    std::string hex;
    for (const std::uint8_t byte : value.value) hex += {kDigits[byte >> 4], kDigits[byte & 15]};
    all.push_back({{"name", value.name}, {"value", hex}});
  }
  return all;
}

}  // namespace edgekeep::formats
