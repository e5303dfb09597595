// A file of an attacker's own file system, whose server answers everything until it falls silent.
#pragma once
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <string>
#include <thread>

#include "edgekeep/gate/posix/descriptor.h"

namespace edgekeep::gate {

class FuseFile {
 public:
  // Mounts over `path`, an ordinary file, in a mount namespace of this process's own. `works` says whether it came up.
  explicit FuseFile(const std::string& path) : path_(path), stop_(eventfd(0, EFD_CLOEXEC)) {
    device_ = Descriptor(open("/dev/fuse", O_RDWR | O_CLOEXEC | O_NONBLOCK));
    if (!device_.valid() || unshare(CLONE_NEWNS) != 0) return;
    const std::string options = "fd=" + std::to_string(device_.get()) + ",rootmode=100644,user_id=0,group_id=0";
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return;
    works = mount("hostile", path_.c_str(), "fuse", MS_NOSUID | MS_NODEV, options.c_str()) == 0;
    if (works) server_ = std::thread([this] { Serve(); });
  }

  FuseFile(const FuseFile&) = delete;
  FuseFile& operator=(const FuseFile&) = delete;

  ~FuseFile() { End(); }

  // Whoever waits for the server is released.
  void End() {
    if (!server_.joinable()) return;
    umount2(path_.c_str(), MNT_FORCE | MNT_DETACH);
    const std::uint64_t one = 1;
    EXPECT_EQ(write(stop_.get(), &one, sizeof one), static_cast<ssize_t>(sizeof one));
    server_.join();
    device_ = Descriptor();
  }

  int device() const { return device_.get(); }

  bool works = false;
  std::atomic<bool> silent = false;  // from now on no FLUSH is answered
  std::atomic<int> num_unanswered = 0;

 private:
  void Serve() {
    std::array<char, 1 << 16> buffer{};
    for (;;) {
      std::array<pollfd, 2> waiting = {pollfd{device_.get(), POLLIN, 0}, pollfd{stop_.get(), POLLIN, 0}};
      poll(waiting.data(), waiting.size(), -1);
      if (waiting[1].revents != 0) return;
      if (read(device_.get(), buffer.data(), buffer.size()) < static_cast<ssize_t>(sizeof(fuse_in_header))) continue;
      fuse_in_header request{};
      std::memcpy(&request, buffer.data(), sizeof request);
      Answer(request);
    }
  }

  void Answer(const fuse_in_header& request) {
    switch (request.opcode) {
      case FUSE_INIT:
        return Reply(request, fuse_init_out{.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096});
      case FUSE_OPEN:
        return Reply(request, fuse_open_out{});
      case FUSE_GETATTR: {
        fuse_attr_out attributes{};
        attributes.attr.mode = S_IFREG | 0644;
        attributes.attr.nlink = 1;
        return Reply(request, attributes);
      }
      case FUSE_FLUSH:
        if (silent) {
          ++num_unanswered;
          return;
        }
        return Write(request, 0, nullptr, 0);
      case FUSE_INTERRUPT:
      case FUSE_FORGET:
        return;
      default:
        return Write(request, 0, nullptr, 0);
    }
  }

  template <typename Body>
  void Reply(const fuse_in_header& request, const Body& body) {
    Write(request, 0, &body, sizeof body);
  }

  void Write(const fuse_in_header& request, int error, const void* body, std::size_t size) {
    std::array<char, 512> answer{};
    const fuse_out_header header{
        .len = static_cast<std::uint32_t>(sizeof header + size), .error = error, .unique = request.unique};
    std::memcpy(answer.data(), &header, sizeof header);
    if (size != 0) std::memcpy(answer.data() + sizeof header, body, size);
    EXPECT_GE(write(device_.get(), answer.data(), header.len), 0) << "opcode " << request.opcode;
  }

  std::string path_;
  Descriptor stop_;
  Descriptor device_;
  std::thread server_;
};

}  // namespace edgekeep::gate
