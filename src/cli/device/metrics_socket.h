// A Unix stream socket to listen on.
#pragma once
#include <string>

#include "outcome.h"

namespace edgekeep::cli::device {

// Made at `path` for root and the members of `group` (empty: root alone); a socket left there by a program that has
// ended is replaced, nothing else is. Its file is removed with it.
class ListeningSocket {
 public:
  static Outcome<ListeningSocket> Make(const std::string& path, const std::string& group);

  ListeningSocket(ListeningSocket&& other) noexcept;
  ListeningSocket& operator=(ListeningSocket&&) = delete;
  ~ListeningSocket();

  int fd() const noexcept { return fd_; }

  // The process that this is called in removes nothing.
  void LeaveFile() noexcept { path_.clear(); }

 private:
  ListeningSocket(int fd, std::string path) noexcept : fd_(fd), path_(std::move(path)) {}

  int fd_;
  std::string path_;
};

}  // namespace edgekeep::cli::device
