// Licences that are renewed no more until somebody says so: whoever renews asks, by file and by network.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "edgekeep/author/context.h"
#include "edgekeep/author/publisher.h"
#include "edgekeep/formats/licence.h"

namespace edgekeep::author {

// One licence, or whatever licences a device has.
using StopTarget = std::variant<formats::LicenceId, DeviceId>;

struct RenewalStop {
  StopTarget target;
  UnixTime since;
};

// Durable once it returns; from then on nothing of it is renewed. Stopped again it stays stopped since the first time.
Done StopRenewals(const Context& context, const Publisher& publisher, const StopTarget& target);

// Fails with kNotFound for what is not stopped.
Done ResumeRenewals(const Context& context, const Publisher& publisher, const StopTarget& target);

// Licences first, each kind by its id.
Outcome<std::vector<RenewalStop>> StoppedRenewals(const Publisher& publisher);

}  // namespace edgekeep::author
