#include "edgekeep/json/text.h"
#include "library.h"

namespace edgekeep::json {

// Turns Values into the library's own, which then formats numbers and escapes strings.
class Writer {
 public:
  static nlohmann::ordered_json Convert(const Value& value) { return std::visit(Writer{}, value.data()); }

  nlohmann::ordered_json operator()(std::monostate) const { return nullptr; }

  nlohmann::ordered_json operator()(const Array& array) const {
    auto out = nlohmann::ordered_json::array();
    for (const Value& element : array) out.push_back(Convert(element));
    return out;
  }

  nlohmann::ordered_json operator()(const Object& object) const {
    auto out = nlohmann::ordered_json::object();
    for (const Member& member : object.members()) out.emplace(member.key, Convert(member.value));
    return out;
  }

  template <typename T>
  nlohmann::ordered_json operator()(const T& scalar) const {
    return scalar;
  }
};

std::string Write(const Value& value, Layout layout) {
  constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
  return Writer::Convert(value).dump(layout == Layout::kIndented ? 2 : -1, ' ', false, kReplace);
}

}  // namespace edgekeep::json
