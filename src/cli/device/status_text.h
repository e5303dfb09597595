// A device's status, for people and for machines.
#pragma once
#include <memory>
#include <string>

#include "session.h"

namespace edgekeep::cli::device {

struct FreeStatus {
  void operator()(const ek_status* status) const noexcept { ek_status_free(status); }
};

using StatusPointer = std::unique_ptr<const ek_status, FreeStatus>;

Outcome<StatusPointer> AskStatus(const Session& session);

// Of a device that was initialised without a root.
inline constexpr const char* kNoReleases =
    "none demanded: whatever fits the trust bundle is installed (for development; see 'device init --release-root')";

// "2027-03-01 12:00 UTC", or the number where the calendar does not reach.
std::string TimeText(std::uint64_t seconds);

// Which releases the device demands, in words.
std::string ReleasesText(const ek_status& status);

// Identity and host, without products.
std::string DeviceText(const ek_status& status);
json::Object DeviceObject(const ek_status& status);

// One product in one line, and one more for each of policy, crashes and warnings where there are any.
std::string ProductText(const ek_status& status, const ek_product_status& product);
json::Object ProductObject(const ek_status& status, const ek_product_status& product);

}  // namespace edgekeep::cli::device
