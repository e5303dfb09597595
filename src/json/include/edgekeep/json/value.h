// Value: one JSON value (RFC 8259), built to be written or come out of Parse.
#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "edgekeep/base/result.h"

namespace edgekeep::json {

class Value;
struct Member;

using Array = std::vector<Value>;

// An object's members, in the order in which they were set.
class Object {
 public:
  // Defined where Member is complete.
  Object();
  Object(const Object& other);
  Object(Object&& other) noexcept;
  Object& operator=(const Object& other);
  Object& operator=(Object&& other) noexcept;
  ~Object();

  // Sets `key`, in place of an older value of it.
  Object& Set(std::string_view key, Value value);
  // Adds `key`, which must not be set yet; faster than Set where that is known.
  void Append(std::string key, Value value);
  // Puts the members in the order of their keys' bytes.
  void SortByKey();
  // Returns null when there is no `key`; the pointer lasts until the next Set.
  const Value* Find(std::string_view key) const noexcept;

  const std::vector<Member>& members() const noexcept { return members_; }

 private:
  std::vector<Member> members_;
};

// Numbers are integers (int64 or, above its range, uint64) or doubles; they never turn into one another.
class Value {
 public:
  Value() = default;  // null

  Value(bool value) : data_(value) {}  // NOLINT(google-explicit-constructor): literals read as values

  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Value(T value) : data_(FromInteger(value)) {}  // NOLINT(google-explicit-constructor)

  Value(double value) : data_(value) {}  // NOLINT(google-explicit-constructor)

  Value(std::string_view text) : data_(std::string(text)) {}  // NOLINT(google-explicit-constructor)

  Value(const char* text) : data_(std::string(text)) {}  // NOLINT(google-explicit-constructor)

  Value(std::string text) : data_(std::move(text)) {}  // NOLINT(google-explicit-constructor)

  Value(Array array) : data_(std::move(array)) {}  // NOLINT(google-explicit-constructor)

  Value(Object object) : data_(std::move(object)) {}  // NOLINT(google-explicit-constructor)

  bool is_null() const noexcept { return std::holds_alternative<std::monostate>(data_); }

  // Fail with kMalformed when the value is of another kind; views and pointers borrow from it.
  Result<bool> AsBool() const;
  Result<std::int64_t> AsInt() const;
  Result<std::uint64_t> AsUnsigned() const;
  // Integers count as numbers too.
  Result<double> AsNumber() const;
  Result<std::string_view> AsText() const;
  Result<const Array*> AsArray() const;
  Result<const Object*> AsObject() const;

  using Data = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object>;

  const Data& data() const noexcept { return data_; }

 private:
  template <std::integral T>
  static Data FromInteger(T value) {
    if (std::in_range<std::int64_t>(value)) return static_cast<std::int64_t>(value);
    return static_cast<std::uint64_t>(value);
  }

  Data data_;
};

struct Member {
  std::string key;
  Value value;
};

}  // namespace edgekeep::json
