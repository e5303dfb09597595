// Holders and required classes inside of other objects.
#pragma once
#include <algorithm>
#include <span>

#include "edgekeep/formats/trust_bundle.h"
#include "fields.h"

namespace edgekeep::formats {

// Not empty, ascending.
Status CheckClasses(std::span<const std::uint8_t> classes);
Result<InlineVector<std::uint8_t, 4>> ReadClasses(CborReader& in);
Status WriteClasses(std::span<const std::uint8_t> classes, CborWriter& out);

// Names are names and differ; everyone has a key, and no two of one algorithm.
Status CheckHolders(std::span<const Holder> holders);
Result<Holder> ReadHolder(CborReader& in);
Status WriteHolders(std::span<const Holder> holders, CborWriter& out);

template <std::size_t N>
Result<InlineVector<Holder, N>> ReadHolders(CborReader& in) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  InlineVector<Holder, N> holders;
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const Holder holder, ReadHolder(in));
    EK_TRY(holders.PushBack(holder));
  }
  return holders;
}

template <std::size_t N>
Status CollectKeys(std::span<const Holder> holders, InlineVector<PublicKey, N>& keys) {
  for (const Holder& holder : holders) {
    for (const PublicKey& key : holder.keys) EK_TRY(keys.PushBack(key));
  }
  return {};
}

// A key that stood in two places would let one signature count twice.
Status CheckKeysDiffer(std::span<const PublicKey> keys);

}  // namespace edgekeep::formats
