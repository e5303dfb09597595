// The operations policy (spec/operations-policy.md): what a publisher's devices demand of every open. It comes as the
// file of a release, approved as every release is, and only ever demands more than licences, product policies and the
// device's own settings do.
#pragma once
#include <optional>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_string.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/formats/licence.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxOperationsPolicySize = 4096;
inline constexpr std::size_t kMaxProductDemands = 16;
inline constexpr std::uint32_t kMaxDemandedSessions = 128;
inline constexpr std::uint32_t kMaxDemandedThreads = 64;
// The second part of the product as whose releases operations policies come.
inline constexpr std::string_view kOperationsProduct = "operations-policy";
// The one channel of those releases: they are one series, of which a device takes the newest.
inline constexpr std::string_view kOperationsChannel = "stable";
// A version rises by at most as much, from 0 before the first one, so that no release uses the numbers up.
inline constexpr std::uint64_t kMaxOperationsStep = 1000;

// Made without arguments it demands nothing.
struct OperationsDemands {
  Isolation isolation_floor = Isolation::kProcess;
  std::optional<std::uint32_t> threads;        // of one cell's engine, at most; 1 … kMaxDemandedThreads
  std::optional<std::uint64_t> memory_budget;  // bytes of one cell, at most; at least 1
  bool forbids_export = false;

  bool operator==(const OperationsDemands&) const = default;
};

struct ProductDemands {
  ProductName product;  // of the policy's authority
  OperationsDemands demands;

  bool operator==(const ProductDemands&) const = default;
};

// One that demands nothing is how demands end.
struct OperationsPolicy {
  std::uint64_t version = 0;              // from 1 on: the sequence of its release
  InlineString<63> authority;             // the publisher whose products it is about
  std::optional<std::uint32_t> sessions;  // open on one device at a time, at most; 1 … kMaxDemandedSessions
  OperationsDemands demands;              // of every product
  InlineVector<ProductDemands, kMaxProductDemands> products;  // beside those; ascending by product

  bool operator==(const OperationsPolicy&) const = default;
};

// Fails with kMalformed, kTooLarge, or kUnsupported for an unknown isolation and for what is no operations policy.
Result<OperationsPolicy> DecodeOperationsPolicy(ByteView bytes);
Status EncodeOperationsPolicy(const OperationsPolicy& policy, CborWriter& out);

// Fails with kWrongVersion unless `next` may follow `last`, 0 where there was none.
Status CheckOperationsStep(std::uint64_t last, std::uint64_t next);

// Whether `bytes` call themselves one, sound or not.
bool IsOperationsPolicy(ByteView bytes);

// What is demanded of one product: the stricter one of each that the policy has for all and for it alone.
OperationsDemands DemandsOn(const OperationsPolicy& policy, const ProductName& product);

// As which product an authority's operations policies are released. Fails with kMalformed.
Result<ProductName> OperationsProductOf(std::string_view authority);

}  // namespace edgekeep::formats
