// One metric family of the text exposition format.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace edgekeep::metrics {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// Appends to a text: the family's head first, then its samples, which belong together.
class Family {
 public:
  Family(std::string& text, std::string_view name, std::string_view type, std::string_view help);

  Family& Add(Labels labels, std::uint64_t value) { return Add("", labels, std::to_string(value)); }

  Family& Add(Labels labels, double value) { return Add("", labels, NumberText(value)); }

  // `suffix` as histograms have them: "_bucket", "_sum", "_count".
  Family& Add(std::string_view suffix, Labels labels, const std::string& value);

  static std::string NumberText(double value);

 private:
  std::string& text_;
  std::string name_;
};

}  // namespace edgekeep::metrics
