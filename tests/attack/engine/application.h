// An application of a user of its own, with one model open, that does as its test says.
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "edgekeep/gate/posix/descriptor.h"
#include "takeover_order.h"

namespace edgekeep::test {

class Application {
 public:
  // Opens `product` as user `uid`, in group edgekeep.
  Application(const std::filesystem::path& root, const std::string& product, uid_t uid);
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;
  ~Application();

  // Calls the model with that order; what it answered, or nothing when the call failed.
  std::optional<attack::Report> Call(attack::Task task, std::span<const std::uint8_t> body);

  // Bytes at the beginning of each of its inputs, which are in no other application's.
  const std::array<std::uint8_t, attack::kMarkerSize>& marker() const { return marker_; }

 private:
  gate::Descriptor line_;
  pid_t pid_ = -1;
  std::array<std::uint8_t, attack::kMarkerSize> marker_{};
};

}  // namespace edgekeep::test
