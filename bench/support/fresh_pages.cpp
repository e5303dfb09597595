#include "fresh_pages.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "edgekeep/gate/posix/descriptor.h"
#include "require.h"

namespace edgekeep::bench {
namespace {

constexpr std::size_t kPiece = 1U << 20;

}  // namespace

FreshPages FreshPages::Holding(const std::filesystem::path& file) {
  const gate::Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  test::Require(descriptor.valid(), file.string() + ": cannot be opened");
  FreshPages pages(std::filesystem::file_size(file));
  MutableByteView left = pages.bytes();
  while (!left.empty()) {
    const ssize_t got = ::read(descriptor.get(), left.data(), std::min(left.size(), kPiece));
    test::Require(got > 0, file.string() + ": cannot be read");
    left = left.subspan(static_cast<std::size_t>(got));
  }
  return pages;
}

FreshPages::FreshPages(std::size_t size) {
  void* const start = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  test::Require(start != MAP_FAILED, "out of memory");
  ::madvise(start, size, MADV_HUGEPAGE);
  bytes_ = {static_cast<std::uint8_t*>(start), size};
}

FreshPages::FreshPages(FreshPages&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

FreshPages::~FreshPages() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

}  // namespace edgekeep::bench
