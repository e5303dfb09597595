// A store of small objects in a test's memory.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "edgekeep/ports/store.h"

namespace edgekeep::anchor {

// Small objects only; an anchor has no use for slots.
class MemoryStore final : public ports::Store {
 public:
  std::map<std::string, std::vector<std::uint8_t>, std::less<>> objects;
  ErrorCode write_error = ErrorCode::kInternal;
  bool fails = false;
  std::function<void()> before_write;  // where it is set

  Result<Bytes> Read(std::string_view name, std::size_t max_size) override {
    const auto found = objects.find(name);
    if (found == objects.end()) return Error(ErrorCode::kNotFound);
    if (found->second.size() > max_size) return Error(ErrorCode::kTooLarge);
    return Bytes::Copy(found->second);
  }

  Status Replace(std::string_view name, ByteView bytes) override {
    if (before_write) before_write();
    if (fails) return Error(write_error);
    objects[std::string(name)] = {bytes.begin(), bytes.end()};
    return {};
  }

  Result<Bytes> ReadOf(const ProductName&, std::string_view, std::size_t) override { return None(); }

  Status ReplaceOf(const ProductName&, std::string_view, ByteView) override { return None(); }

  Result<InlineVector<ProductName, ports::kMaxStoredProducts>> Products() override { return None(); }

  Result<ports::FileHandle> CreateSlotFile(const ProductName&, std::uint8_t, ports::SlotFile) override {
    return None();
  }

  Result<ports::FileHandle> OpenSlotFile(const ProductName&, std::uint8_t, ports::SlotFile) override { return None(); }

  Status SyncSlot(const ProductName&, std::uint8_t) override { return None(); }

  Status EraseSlot(const ProductName&, std::uint8_t) override { return None(); }

  Status EraseAll(std::string_view) override { return None(); }

  Result<std::uint64_t> SizeOf(ports::FileHandle) override { return None(); }

  void Close(ports::FileHandle) noexcept override {}

 private:
  static Error None() { return Error(ErrorCode::kBadState, "small objects only"); }
};

}  // namespace edgekeep::anchor
