// Operations policies as the vectors' `fields` show them.
#pragma once
#include "edgekeep/formats/operations_policy.h"
#include "vector_file.h"

namespace edgekeep::formats {

template <typename T>
Json OrNull(const std::optional<T>& number) {
  return number ? Json(*number) : Json();
}

inline Json Describe(const OperationsDemands& demands) {
  return {{"isolation_floor", std::to_underlying(demands.isolation_floor)},
          {"threads", OrNull(demands.threads)},
          {"memory_budget", OrNull(demands.memory_budget)},
          {"forbids_export", demands.forbids_export}};
}

inline Json Describe(const OperationsPolicy& policy) {
  Json products = Json::array();
  for (const ProductDemands& one : policy.products) {
    products.push_back({{"product", one.product.view()}, {"demands", Describe(one.demands)}});
  }
  return {{"version", policy.version},
          {"authority", policy.authority.view()},
          {"sessions", OrNull(policy.sessions)},
          {"demands", Describe(policy.demands)},
          {"products", products}};
}

}  // namespace edgekeep::formats
