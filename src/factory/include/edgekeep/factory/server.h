// StationServer: a station on a socket, several devices at once (spec/production-order.md §7).
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "edgekeep/factory/station.h"
#include "edgekeep/files/descriptor.h"

namespace edgekeep::factory {

// Devices that are served at once; further ones wait.
inline constexpr std::size_t kMaxVisitors = 16;

// What became of one device.
struct VisitResult {
  std::optional<GivenIdentity> given;
  std::optional<Error> refusal;  // by the station, or why there was no more to say
  std::chrono::milliseconds took{0};
};

class StationServer {
 public:
  // "unix:PATH", where nobody may listen yet and which will be for this user alone, or "127.0.0.1:PORT", port 0 being
  // any free one. Fails with kBadArgument for any other address: a station is no network service.
  static Result<StationServer> Listen(const std::string& address);
  StationServer(StationServer&&) noexcept = default;
  ~StationServer();

  const std::string& address() const noexcept { return address_; }

  // Until `end` becomes readable, or `tell` returns false. `tell` hears of each device, by one thread at a time. Who
  // has not said all within `patience` is hung up on.
  Status Serve(Station& station, int end, const std::function<UnixTime()>& now,
               const std::function<bool(const VisitResult&)>& tell,
               std::chrono::milliseconds patience = std::chrono::seconds(60));

 private:
  StationServer(files::Descriptor socket, std::string address, std::string path) noexcept
      : socket_(std::move(socket)), address_(std::move(address)), path_(std::move(path)) {}

  files::Descriptor socket_;
  std::string address_;
  std::string path_;  // of a Unix socket: removed at the end
};

}  // namespace edgekeep::factory
