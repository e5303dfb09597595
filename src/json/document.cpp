#include "edgekeep/json/document.h"

#include <algorithm>
#include <new>

#include "edgekeep/base/check.h"
#include "parse.h"

namespace edgekeep::json {
namespace {

Error NotA(const char* kind) {
  return Error(ErrorCode::kMalformed, kind);
}

template <typename T>
const T* As(const Value* value) noexcept {
  return value == nullptr ? nullptr : std::get_if<T>(&value->data());
}

}  // namespace

bool Node::is_object() const noexcept {
  return As<Object>(value_) != nullptr;
}

bool Node::is_array() const noexcept {
  return As<Array>(value_) != nullptr;
}

Result<bool> Node::AsBool() const noexcept {
  if (const auto* value = As<bool>(value_)) return *value;
  return NotA("JSON boolean");
}

Result<std::uint64_t> Node::AsUnsigned() const noexcept {
  if (value_ == nullptr) return NotA("JSON unsigned integer");
  return value_->AsUnsigned();
}

Result<std::string_view> Node::AsText() const noexcept {
  if (const auto* value = As<std::string>(value_)) return std::string_view(*value);
  return NotA("JSON string");
}

std::size_t Node::size() const noexcept {
  if (const auto* array = As<Array>(value_)) return array->size();
  if (const auto* object = As<Object>(value_)) return object->members().size();
  return 0;
}

Node Node::operator[](std::size_t index) const noexcept {
  EK_CHECK(index < size());
  if (const auto* array = As<Array>(value_)) return Node(&(*array)[index]);
  return Node(&As<Object>(value_)->members()[index].value);
}

std::string_view Node::KeyAt(std::size_t index) const noexcept {
  EK_CHECK(is_object() && index < size());
  return As<Object>(value_)->members()[index].key;
}

Node Node::Find(std::string_view key) const noexcept {
  const auto* object = As<Object>(value_);
  if (object == nullptr) return {};
  const auto& members = object->members();
  const auto found = std::ranges::lower_bound(members, key, std::less<>(), &Member::key);
  return found != members.end() && found->key == key ? Node(&found->value) : Node();
}

Document::Document(std::unique_ptr<Value> value) noexcept : value_(std::move(value)) {}

Document::Document(Document&& other) noexcept = default;
Document& Document::operator=(Document&& other) noexcept = default;
Document::~Document() = default;

Result<Document> Document::Parse(ByteView text, const Bounds& bounds) noexcept {
  const Limits limits = {.max_bytes = bounds.max_bytes, .max_depth = bounds.max_depth, .max_values = bounds.max_values};
  EK_TRY_ASSIGN(Value value, ParseAs(edgekeep::AsText(text), limits, Form::kSortedIntegersOnly));
  std::unique_ptr<Value> root(new (std::nothrow) Value(std::move(value)));
  if (!root) return Error(ErrorCode::kNoMemory, "JSON");
  return Document(std::move(root));
}

}  // namespace edgekeep::json
