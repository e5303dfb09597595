// Document: JSON to be read where there are no exceptions: parsed strictly, members sorted by key, canonical form.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::json {

class Value;

// One value of a Document, or none; borrows from the Document. Nothing here throws or allocates.
class Node {
 public:
  Node() = default;

  // False for what Find did not find.
  explicit operator bool() const noexcept { return value_ != nullptr; }

  bool is_object() const noexcept;
  bool is_array() const noexcept;

  // Fail with kMalformed when there is no value, or one of another kind.
  Result<bool> AsBool() const noexcept;
  Result<std::uint64_t> AsUnsigned() const noexcept;
  Result<std::string_view> AsText() const noexcept;

  // Elements of an array or members of an object; 0 for everything else.
  std::size_t size() const noexcept;
  // Element or member `index`, members in the order of their keys' bytes. Requires index < size().
  Node operator[](std::size_t index) const noexcept;
  // Requires an object and index < size().
  std::string_view KeyAt(std::size_t index) const noexcept;
  // No value when this is no object or has no such key. Takes logarithmic time.
  Node Find(std::string_view key) const noexcept;

 private:
  friend class Document;
  friend class CanonicalWriter;

  explicit Node(const Value* value) noexcept : value_(value) {}

  const Value* value_ = nullptr;
};

class Document {
 public:
  // Bounds on what Parse accepts.
  struct Bounds {
    std::size_t max_bytes = std::size_t{1} << 20;
    std::size_t max_depth = 32;
    std::size_t max_values = std::size_t{1} << 16;
  };

  // As Parse of text.h, but kMalformed for a number that is no 64-bit integer too: canonical JSON has no others.
  static Result<Document> Parse(ByteView text, const Bounds& bounds) noexcept;

  Document(Document&& other) noexcept;
  Document& operator=(Document&& other) noexcept;
  ~Document();

  // Lasts as long as the Document, which may be moved meanwhile.
  Node root() const noexcept { return Node(value_.get()); }

 private:
  explicit Document(std::unique_ptr<Value> value) noexcept;

  std::unique_ptr<Value> value_;
};

// OLPC canonical JSON: no white space, members sorted by the bytes of their keys, in strings only '"' and '\' escaped,
// integers only. What was in the text and nobody knows is in it too. Fails with kNoMemory.
Result<Bytes> Canonical(Node node) noexcept;

}  // namespace edgekeep::json
