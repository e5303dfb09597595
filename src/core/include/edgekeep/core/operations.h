// What an operations policy demands of an open (spec/operations-policy.md §2): more than licence, product policy and
// device do, or nothing.
#pragma once
#include "edgekeep/formats/operations_policy.h"
#include "edgekeep/formats/product_policy.h"

namespace edgekeep::core {

// `level`: ProtectionLevel of what would be opened. Fails with kForbidden and names the floor.
Status CheckFloor(const formats::OperationsDemands& demands, formats::Isolation level);

// Fails with kForbidden where nothing is to be exported.
Status CheckExport(const formats::OperationsDemands& demands);

// How a cell is to run it: the product's policy, with no larger budget than is demanded.
formats::ProductPolicy PolicyUnder(const formats::OperationsDemands& demands, const formats::ProductPolicy& policy);

// How many threads a cell gets of those that somebody asked for (0: whatever is usual), of a device that allows `most`
// and gives `usual` to whom nobody says anything. Fails with kTooLarge, and names who allows no more.
Result<std::uint32_t> ThreadsUnder(const formats::OperationsDemands& demands, const formats::ProductPolicy& policy,
                                   std::uint32_t usual, std::uint32_t most, std::uint32_t asked);

}  // namespace edgekeep::core
