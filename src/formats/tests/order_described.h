// Orders, what trust policies say of them, and repairs of time, as the vectors' `fields` show them.
#pragma once
#include "edgekeep/base/hex.h"
#include "edgekeep/formats/retirement.h"
#include "edgekeep/formats/trust_policy.h"
#include "vector_file.h"

namespace edgekeep::formats {

template <typename Id>
std::string HexOfId(const Id& id) {
  return std::string(ToHex(id.view()).view());
}

template <typename Classes>
Json DescribeClasses(const Classes& numbers) {
  Json classes = Json::array();
  for (const std::uint8_t number : numbers) classes.push_back(number);
  return classes;
}

inline Json DescribeRules(const TrustPolicy& policy) {
  Json rules = Json::array();
  for (const OrderRule& rule : policy.orders) {
    Json roles = Json::array(), officers = Json::array(), keys = Json::array();
    for (const OrderRole role : rule.roles) roles.push_back(std::to_underlying(role));
    for (const std::string_view name : rule.officers) officers.push_back(name);
    for (const KeyId& key : rule.keys) keys.push_back(HexOfId(key));
    rules.push_back({{"kind", std::to_underlying(rule.kind)},
                     {"quorum", rule.quorum},
                     {"roles", roles},
                     {"officers", officers},
                     {"keys", keys}});
  }
  return rules;
}

inline Json DescribeQuarantine(const TrustPolicy& policy) {
  Json classes = Json::array();
  for (const QuarantinedClass& chips : policy.quarantine) {
    classes.push_back({{"manufacturer", chips.manufacturer},
                       {"first_firmware", chips.first_firmware},
                       {"last_firmware", chips.last_firmware},
                       {"floor", chips.floor ? Json(std::to_underlying(*chips.floor)) : Json()},
                       {"until_rekeyed", chips.until_rekeyed ? Json(chips.until_rekeyed->value) : Json()}});
  }
  return classes;
}

inline Json DescribeOwnership(const std::optional<Ownership>& ownership) {
  if (!ownership) return {};
  return ownership->changes ? Json{*ownership->changes, HexOfId(ownership->of)} : Json::array({HexOfId(ownership->of)});
}

inline Json Describe(const Order& order) {
  Json devices = Json::array();
  for (const DeviceId& device : order.devices) devices.push_back(HexOfId(device));
  return {{"authority", order.authority},
          {"action", std::to_underlying(order.action)},
          {"devices", devices},
          {"sequence", order.sequence},
          {"issued_at", order.issued_at.value},
          {"not_after", order.not_after.value},
          {"product", order.product ? Json(order.product->view()) : Json()},
          {"sessions", order.sessions ? Json(*order.sessions) : Json()},
          {"ownership", DescribeOwnership(order.ownership)}};
}

inline Json Describe(const OrderAuthority& authority) {
  Json people = Json::array();
  for (const OrderSigner& signer : authority.people) {
    Json keys = Json::array();
    for (const KeyId& key : signer.keys) keys.push_back(HexOfId(key));
    people.push_back({{"name", signer.name}, {"keys", keys}});
  }
  return {{"kind", std::to_underlying(authority.kind)},
          {"quorum", authority.quorum},
          {"classes", DescribeClasses(authority.classes)},
          {"people", people}};
}

inline Json Describe(const TimeRepair& repair) {
  return {{"number", repair.number},
          {"time", repair.time.value},
          {"root_version", repair.root_version},
          {"ahead_from", repair.ahead_from ? Json(repair.ahead_from->value) : Json()}};
}

inline std::string HexOfAll(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += ToHex({&byte, 1}).view();
  return text;
}

inline Json Describe(const RetirementCertificate& certificate) {
  const PublicKey& key = certificate.identity;
  return {{"order", HexOfAll(certificate.order)},
          {"identity", {{"algorithm", key.algorithm}, {"bytes", HexOfAll(key.bytes)}}},
          {"retired_at", certificate.retired_at.value},
          {"evidence", certificate.evidence.empty() ? Json() : Json(HexOfAll(certificate.evidence))}};
}

}  // namespace edgekeep::formats
