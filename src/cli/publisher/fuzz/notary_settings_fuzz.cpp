// A notary's settings: what is taken is within the bounds that the guide names.
#include "../notary_settings.h"
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  const auto policy = cli::publisher::ParseNotarySettings(AsText({data, size}), "settings");
  if (!policy) {
    EK_CHECK(!policy.error().what.empty());
    return 0;
  }
  EK_CHECK(policy->policy.holders.empty() && policy->policy.notary.empty());
  const auto& hours = policy->policy.rules.hours;
  EK_CHECK(!hours || (hours->first < hours->last && hours->last <= 24));
  EK_CHECK(!policy->is_production || (hours && hours->last - hours->first <= 16));
  EK_CHECK(!policy->is_production || policy->policy.waiting_seconds >= 3600);
  return 0;
}
