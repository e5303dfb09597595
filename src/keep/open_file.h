// OpenFile: a store's file handle with one owner.
#pragma once
#include <utility>

#include "edgekeep/ports/store.h"

namespace edgekeep::keep {

class OpenFile {
 public:
  OpenFile() = default;

  OpenFile(ports::Store& store, ports::FileHandle handle) noexcept : store_(&store), handle_(handle) {}

  OpenFile(OpenFile&& other) noexcept : store_(std::exchange(other.store_, nullptr)), handle_(other.handle_) {}

  OpenFile& operator=(OpenFile&& other) noexcept {
    std::swap(store_, other.store_);
    std::swap(handle_, other.handle_);
    return *this;
  }

  ~OpenFile() {
    if (store_ != nullptr) store_->Close(handle_);
  }

  bool is_open() const noexcept { return store_ != nullptr; }

  ports::FileHandle handle() const noexcept { return handle_; }

  // The descriptor a cell gets.
  int descriptor() const noexcept { return handle_.value; }

 private:
  ports::Store* store_ = nullptr;
  ports::FileHandle handle_;
};

}  // namespace edgekeep::keep
