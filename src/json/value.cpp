#include "edgekeep/json/value.h"

#include <algorithm>

namespace edgekeep::json {

Object::Object() = default;
Object::Object(const Object& other) = default;
Object::Object(Object&& other) noexcept = default;
Object& Object::operator=(const Object& other) = default;
Object& Object::operator=(Object&& other) noexcept = default;
Object::~Object() = default;

Object& Object::Set(std::string_view key, Value value) {
  const auto found = std::ranges::find(members_, key, &Member::key);
  if (found != members_.end()) {
    found->value = std::move(value);
  } else {
    members_.push_back({std::string(key), std::move(value)});
  }
  return *this;
}

void Object::Append(std::string key, Value value) {
  members_.push_back({std::move(key), std::move(value)});
}

void Object::SortByKey() {
  std::ranges::sort(members_, std::less<>(), &Member::key);
}

const Value* Object::Find(std::string_view key) const noexcept {
  const auto found = std::ranges::find(members_, key, &Member::key);
  return found != members_.end() ? &found->value : nullptr;
}

Result<bool> Value::AsBool() const {
  if (const bool* value = std::get_if<bool>(&data_)) return *value;
  return Error(ErrorCode::kMalformed, "JSON boolean");
}

Result<std::int64_t> Value::AsInt() const {
  if (const auto* value = std::get_if<std::int64_t>(&data_)) return *value;
  return Error(ErrorCode::kMalformed, "JSON integer");
}

Result<std::uint64_t> Value::AsUnsigned() const {
  if (const auto* value = std::get_if<std::uint64_t>(&data_)) return *value;
  const auto* small = std::get_if<std::int64_t>(&data_);
  if (small != nullptr && *small >= 0) return static_cast<std::uint64_t>(*small);
  return Error(ErrorCode::kMalformed, "JSON unsigned integer");
}

Result<double> Value::AsNumber() const {
  if (const double* value = std::get_if<double>(&data_)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&data_)) return static_cast<double>(*value);
  if (const auto* value = std::get_if<std::uint64_t>(&data_)) return static_cast<double>(*value);
  return Error(ErrorCode::kMalformed, "JSON number");
}

Result<std::string_view> Value::AsText() const {
  if (const auto* value = std::get_if<std::string>(&data_)) return std::string_view(*value);
  return Error(ErrorCode::kMalformed, "JSON string");
}

Result<const Array*> Value::AsArray() const {
  if (const auto* value = std::get_if<Array>(&data_)) return value;
  return Error(ErrorCode::kMalformed, "JSON array");
}

Result<const Object*> Value::AsObject() const {
  if (const auto* value = std::get_if<Object>(&data_)) return value;
  return Error(ErrorCode::kMalformed, "JSON object");
}

}  // namespace edgekeep::json
