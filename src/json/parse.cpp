#include "parse.h"

#include <algorithm>
#include <new>
#include <set>

#include "library.h"

namespace edgekeep::json {
namespace {

// Builds a Value from the library's events; every event that returns false ends the parse.
class Builder {
 public:
  Builder(const Limits& limits, Form form) : limits_(limits), form_(form) {}

  bool null() { return Add({}); }

  bool boolean(bool value) { return Add(value); }

  bool number_integer(std::int64_t value) { return Add(value); }

  bool number_unsigned(std::uint64_t value) { return Add(value); }

  bool number_float(double value, const std::string&) {
    if (form_ == Form::kSortedIntegersOnly) return Refuse(ErrorCode::kMalformed, "JSON number that is no integer");
    return Add(value);
  }

  bool string(std::string& value) { return Add(std::move(value)); }

  bool binary(nlohmann::json::binary_t&) { return false; }

  bool start_object(std::size_t) { return Enter(true); }

  bool start_array(std::size_t) { return Enter(false); }

  bool key(std::string& name) {
    if (!open_.back().keys.insert(name).second) return Refuse(ErrorCode::kMalformed, "JSON key twice");
    open_.back().key = std::move(name);
    return true;
  }

  bool end_object() {
    Object object = std::move(open_.back().object);
    open_.pop_back();
    if (form_ == Form::kSortedIntegersOnly) object.SortByKey();
    return Place(std::move(object));
  }

  bool end_array() {
    Value value(std::move(open_.back().array));
    open_.pop_back();
    return Place(std::move(value));
  }

  template <typename Exception>
  bool parse_error(std::size_t, const std::string&, const Exception&) {
    return false;
  }

  Error error() const { return error_; }

  Value Take() { return std::move(root_); }

 private:
  // One array or object that is not closed yet. `keys` finds duplicates in logarithmic time.
  struct Open {
    bool is_object;
    std::string key;
    std::set<std::string> keys;
    Object object;
    Array array;
  };

  bool Refuse(ErrorCode code, const char* where) {
    error_ = Error(code, where);
    return false;
  }

  bool Count() { return ++num_values_ <= limits_.max_values || Refuse(ErrorCode::kTooLarge, "number of JSON values"); }

  bool Enter(bool is_object) {
    if (open_.size() >= limits_.max_depth) return Refuse(ErrorCode::kTooLarge, "JSON depth");
    open_.push_back({.is_object = is_object});
    return Count();
  }

  bool Add(Value value) { return Count() && Place(std::move(value)); }

  bool Place(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().is_object) {
      open_.back().object.Append(std::move(open_.back().key), std::move(value));
    } else {
      open_.back().array.push_back(std::move(value));
    }
    return true;
  }

  const Limits& limits_;
  Form form_;
  std::vector<Open> open_;
  Value root_;
  std::size_t num_values_ = 0;
  Error error_{ErrorCode::kMalformed, "JSON"};
};

}  // namespace

Result<Value> ParseAs(std::string_view text, const Limits& limits, Form form) noexcept {
  if (text.size() > limits.max_bytes) return Error(ErrorCode::kTooLarge, "JSON size");
  // The library takes a NUL byte for the end of the text and would ignore what follows.
  if (text.find('\0') != std::string_view::npos) return Error(ErrorCode::kMalformed, "JSON");
  // It would also pass over a byte order mark, which RFC 8259 §8.1 forbids to send.
  if (text.starts_with("\xef\xbb\xbf")) return Error(ErrorCode::kMalformed, "JSON");
  try {
    Builder builder(limits, form);
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return builder.error();
    return builder.Take();
  } catch (const std::bad_alloc&) {
    return Error(ErrorCode::kNoMemory, "JSON");
  } catch (const std::exception&) {
    return Error(ErrorCode::kMalformed, "JSON");
  }
}

Result<Value> Parse(std::string_view text, const Limits& limits) {
  return ParseAs(text, limits, Form::kAsWritten);
}

}  // namespace edgekeep::json
