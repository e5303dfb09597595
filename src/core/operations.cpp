#include "edgekeep/core/operations.h"

#include <algorithm>

namespace edgekeep::core {

using formats::OperationsDemands;
using formats::ProductPolicy;

Status CheckFloor(const OperationsDemands& demands, formats::Isolation level) {
  if (level >= demands.isolation_floor) return {};
  if (demands.isolation_floor == formats::Isolation::kVm)
    return Error(ErrorCode::kForbidden, "operations policy: demands isolation 'vm', this device has less");
  return Error(ErrorCode::kForbidden, "operations policy: demands isolation 'trustzone', this device has less");
}

Status CheckExport(const OperationsDemands& demands) {
  if (!demands.forbids_export) return {};
  return Error(ErrorCode::kForbidden, "operations policy: does not allow export");
}

ProductPolicy PolicyUnder(const OperationsDemands& demands, const ProductPolicy& policy) {
  ProductPolicy bounded = policy;
  if (demands.memory_budget)
    bounded.memory_budget = std::min(*demands.memory_budget, policy.memory_budget.value_or(*demands.memory_budget));
  return bounded;
}

Result<std::uint32_t> ThreadsUnder(const OperationsDemands& demands, const ProductPolicy& policy, std::uint32_t usual,
                                   std::uint32_t most, std::uint32_t asked) {
  const std::uint32_t demanded = std::min(demands.threads.value_or(most), most);
  if (demands.threads && asked > *demands.threads)
    return Error(ErrorCode::kTooLarge, "open: more threads than the operations policy allows");
  if (!policy.threads) return asked == 0 ? std::min(usual, demanded) : asked;
  const std::uint32_t allowed = std::min(*policy.threads, demanded);
  if (asked > allowed) return Error(ErrorCode::kTooLarge, "open: more threads than the product's policy allows");
  return asked == 0 ? allowed : asked;
}

}  // namespace edgekeep::core
