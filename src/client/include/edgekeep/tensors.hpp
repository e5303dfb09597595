// What is handed to a model and comes back, and why a call failed: a part of edgekeep.hpp, which includes it.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>
#include <type_traits>

#include "edgekeep/edgekeep.h"

namespace edgekeep::app {

// Why a call failed.
class Error {
 public:
  explicit Error(const ek_error& error) noexcept : error_(error) {}

  ek_code code() const noexcept { return error_.code; }

  // "wrong-device", for programs and logs.
  std::string_view name() const noexcept { return ek_error_name(error_.code); }

  // Where it failed, for people; may be empty.
  std::string_view where() const noexcept { return error_.where; }

  // What to do about it, for people.
  std::string_view advice() const noexcept { return ek_error_advice(error_.code); }

 private:
  ek_error error_;
};

template <typename T>
using Expected = std::expected<T, Error>;

// The ek_element_type of a C++ type.
template <typename T>
consteval ek_element_type ElementTypeOf() {
  if constexpr (std::is_same_v<T, float>) return EK_FLOAT32;
  if constexpr (std::is_same_v<T, double>) return EK_FLOAT64;
  if constexpr (std::is_same_v<T, bool>) return EK_BOOL;
  if constexpr (std::is_same_v<T, std::int8_t>) return EK_INT8;
  if constexpr (std::is_same_v<T, std::uint8_t>) return EK_UINT8;
  if constexpr (std::is_same_v<T, std::int16_t>) return EK_INT16;
  if constexpr (std::is_same_v<T, std::uint16_t>) return EK_UINT16;
  if constexpr (std::is_same_v<T, std::int32_t>) return EK_INT32;
  if constexpr (std::is_same_v<T, std::uint32_t>) return EK_UINT32;
  if constexpr (std::is_same_v<T, std::int64_t>) return EK_INT64;
  if constexpr (std::is_same_v<T, std::uint64_t>) return EK_UINT64;
  return 0;
}

template <typename T>
concept Element = ElementTypeOf<T>() != 0;

// What a container, array or span holds.
template <typename Values>
using ElementOf = typename decltype(std::span(std::declval<const Values&>()))::value_type;

// What a model takes or gives; borrowed from the model.
class TensorInfo {
 public:
  explicit TensorInfo(const ek_tensor_info* info) noexcept : info_(info) {}

  const char* name() const noexcept { return info_->name; }

  ek_element_type type() const noexcept { return info_->type; }

  // -1: free.
  std::span<const std::int64_t> shape() const noexcept { return {info_->shape, info_->rank}; }

 private:
  const ek_tensor_info* info_;
};

// A string as an element of an input; borrows its bytes.
inline ek_string StringOf(std::string_view text) noexcept {
  return {text.data(), text.size()};
}

// An input of one run. Borrows everything: name, values and shape must outlive the run.
class Input {
 public:
  // `values` is anything contiguous. `name` may be null: the input at this position.
  template <typename Values>
    requires Element<ElementOf<Values>>
  Input(const char* name, const Values& values, std::span<const std::int64_t> shape) noexcept
      : Input(name, ElementTypeOf<ElementOf<Values>>(), std::as_bytes(std::span(values)), shape) {}

  // Strings (StringOf), whose bytes must outlive the run too.
  Input(const char* name, std::span<const ek_string> strings, std::span<const std::int64_t> shape) noexcept
      : Input(name, EK_STRING, std::as_bytes(strings), shape) {}

  // For element types that C++ has no type for (EK_FLOAT16, EK_BFLOAT16, EK_INT4 …).
  Input(const char* name, ek_element_type type, std::span<const std::byte> bytes,
        std::span<const std::int64_t> shape) noexcept
      : input_{name, type, static_cast<std::uint32_t>(shape.size()), shape.data(), bytes.data(), bytes.size()} {}

  const ek_input& get() const noexcept { return input_; }

 private:
  ek_input input_;
};

// An output of one run: a view of memory the cell can still write (edgekeep/client/model.h, ek_output).
class Output {
 public:
  ek_element_type type() const noexcept { return output_.type; }

  std::span<const std::int64_t> shape() const noexcept { return {output_.shape, output_.rank}; }

  std::span<const std::byte> bytes() const noexcept {
    return {static_cast<const std::byte*>(output_.data), output_.size};
  }

  // Empty where the output has another type.
  template <Element T>
  std::span<const T> As() const noexcept {
    if (output_.type != ElementTypeOf<T>()) return {};
    return {static_cast<const T*>(output_.data), output_.size / sizeof(T)};
  }

  // One element of a tensor of strings, or the code that ek_output_string fails with.
  std::expected<std::string_view, ek_code> String(std::size_t index) const noexcept {
    ek_string string{};
    const ek_code code = ek_output_string(&output_, index, &string);
    if (code != EK_OK) return std::unexpected(code);
    return std::string_view(string.bytes, string.size);
  }

 private:
  friend class Outputs;
  ek_output output_{};
};

// All outputs of one run, in the model's order.
class Outputs {
 public:
  std::size_t size() const noexcept { return size_; }

  const Output* begin() const noexcept { return outputs_.data(); }

  const Output* end() const noexcept { return outputs_.data() + size_; }

  // Requires index < size().
  const Output& operator[](std::size_t index) const noexcept { return outputs_[index]; }

 private:
  friend class Call;
  friend class Model;
  static_assert(sizeof(Output) == sizeof(ek_output) && std::is_standard_layout_v<Output>);

  ek_output* get() noexcept { return &outputs_[0].output_; }

  std::array<Output, EK_MAX_TENSORS> outputs_{};
  std::size_t size_ = 0;
};

// The inputs of one run as the C interface takes them: one more than any model takes is enough to be refused.
class InputList {
 public:
  explicit InputList(std::span<const Input> inputs) noexcept
      : size_(inputs.size() < list_.size() ? inputs.size() : list_.size()) {
    for (std::size_t i = 0; i < size_; ++i) list_[i] = inputs[i].get();
  }

  const ek_input* data() const noexcept { return list_.data(); }

  std::size_t size() const noexcept { return size_; }

 private:
  std::array<ek_input, EK_MAX_TENSORS + 1> list_;
  std::size_t size_;
};

}  // namespace edgekeep::app
