#include <charconv>
#include <new>
#include <string>

#include "edgekeep/json/document.h"
#include "edgekeep/json/value.h"

namespace edgekeep::json {

// Walks the tree with a stack of its own: its depth is the document's, which is bounded.
class CanonicalWriter {
 public:
  // May throw std::bad_alloc.
  static std::string Write(Node node) {
    CanonicalWriter writer;
    writer.Begin(node);
    while (!writer.open_.empty()) writer.Step();
    return std::move(writer.out_);
  }

 private:
  struct Open {
    Node node;
    std::size_t next = 0;
  };

  void Begin(Node node) {
    if (node.is_object() || node.is_array()) {
      out_ += node.is_object() ? '{' : '[';
      open_.push_back({node});
    } else {
      std::visit([this](const auto& scalar) { Scalar(scalar); }, node.value_->data());
    }
  }

  void Step() {
    Open& open = open_.back();
    const Node node = open.node;
    const std::size_t index = open.next++;
    if (index == node.size()) {
      out_ += node.is_object() ? '}' : ']';
      open_.pop_back();
      return;
    }
    if (index > 0) out_ += ',';
    if (node.is_object()) {
      Text(node.KeyAt(index));
      out_ += ':';
    }
    Begin(node[index]);
  }

  void Scalar(std::monostate) { out_ += "null"; }

  void Scalar(bool value) { out_ += value ? "true" : "false"; }

  void Scalar(std::int64_t value) { Number(value); }

  void Scalar(std::uint64_t value) { Number(value); }

  void Scalar(const std::string& value) { Text(value); }

  // Begin opens arrays and objects, and a Document has no doubles.
  template <typename T>
  void Scalar(const T&) {}

  template <typename T>
  void Number(T value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out_.append(digits.data(), end);
  }

  void Text(std::string_view text) {
    out_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') out_ += '\\';
      out_ += c;
    }
    out_ += '"';
  }

  std::string out_;
  std::vector<Open> open_;
};

Result<Bytes> Canonical(Node node) noexcept {
  if (!node) return Error(ErrorCode::kBadArgument, "canonical JSON of nothing");
  try {
    return Bytes::Copy(AsBytes(CanonicalWriter::Write(node)));
  } catch (const std::bad_alloc&) {
    return Error(ErrorCode::kNoMemory, "canonical JSON");
  }
}

}  // namespace edgekeep::json
