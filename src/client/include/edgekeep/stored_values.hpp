// libedgekeep for C++23: an application's own secrets and small data, stored with the keep (edgekeep/client/store.h).
//
//   auto client = edgekeep::app::Client::Open();
//   edgekeep::app::StoredValues values(*client);
//   values.Put("token", std::as_bytes(std::span(token)));
//   auto token = values.Get("token");    // wiped when it ends
#pragma once
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <vector>

#include "edgekeep/edgekeep.hpp"

namespace edgekeep::app {

// Bytes that are wiped when they end. Move-only.
class SecretValue {
 public:
  SecretValue() = default;

  SecretValue(SecretValue&& other) noexcept
      : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)), room_(std::exchange(other.room_, 0)) {}

  SecretValue& operator=(SecretValue&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    std::swap(room_, other.room_);
    return *this;
  }

  ~SecretValue() {
    if (bytes_) ::explicit_bzero(bytes_.get(), room_);
  }

  std::span<const std::byte> bytes() const& noexcept { return {bytes_.get(), size_}; }

  // The same as text; nothing is checked.
  std::string_view text() const& noexcept { return {reinterpret_cast<const char*>(bytes_.get()), size_}; }

  void bytes() && = delete;
  void text() && = delete;

 private:
  friend class StoredValues;

  std::unique_ptr<std::byte[]> bytes_;
  std::size_t size_ = 0;
  std::size_t room_ = 0;
};

// The values of this program's user. As many threads as the client may have; the client outlives it.
class StoredValues {
 public:
  explicit StoredValues(const Client& client) noexcept : client_(client.get()) {}

  // Fails as ek_store_put does.
  Expected<void> Put(const char* name, std::span<const std::byte> value) const {
    ek_error error;
    if (ek_store_put(client_, name, value.data(), value.size(), &error) != EK_OK) return std::unexpected(Error(error));
    return {};
  }

  Expected<void> Put(const char* name, std::string_view value) const {
    return Put(name, std::as_bytes(std::span(value)));
  }

  // Fails as ek_store_get does.
  Expected<SecretValue> Get(const char* name) const {
    ek_error error{EK_NO_MEMORY, "room for a value"};
    SecretValue value;
    value.bytes_.reset(new (std::nothrow) std::byte[EK_MAX_VALUE_SIZE]);
    if (!value.bytes_) return std::unexpected(Error(error));
    value.size_ = value.room_ = EK_MAX_VALUE_SIZE;
    if (ek_store_get(client_, name, value.bytes_.get(), &value.size_, &error) != EK_OK) {
      return std::unexpected(Error(error));
    }
    return value;
  }

  // Fails as ek_store_delete does.
  Expected<void> Delete(const char* name) const {
    ek_error error;
    if (ek_store_delete(client_, name, &error) != EK_OK) return std::unexpected(Error(error));
    return {};
  }

  // Damaged ones as well: this is how an application begins anew.
  Expected<void> DeleteAll() const { return Delete(nullptr); }

  // Names and sizes, by ascending names. `usage` may be null. Fails as ek_store_list does.
  Expected<std::vector<ek_stored_value>> List(ek_store_usage* usage = nullptr) const {
    std::vector<ek_stored_value> values(EK_MAX_VALUES);
    std::size_t count = values.size();
    ek_error error;
    if (ek_store_list(client_, values.data(), &count, usage, &error) != EK_OK) return std::unexpected(Error(error));
    values.resize(count);
    return values;
  }

 private:
  const ek_client* client_;
};

}  // namespace edgekeep::app
