// The state root: what everything whose rollback matters hangs on, bound to the anchor's counter
// (spec/keep-state.md §10).
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/core/vault.h"
#include "edgekeep/formats/licence.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::core {

// Four objects of each product, and the device's own.
inline constexpr std::size_t kMaxStateLeaves = 384;
// The largest object: policies, with three roots.
inline constexpr std::size_t kMaxPendingSize = 700'000;

// One stored object: the digest of its name, and of its bytes.
struct StateLeaf {
  Digest name;
  Digest bytes;
};

// The least that an install of a product has to bring, whatever has become of its files since.
struct ProductBar {
  Digest product;  // StateNameOf(product, "")
  UnixTime licence_issued_at;
  formats::LicenceId licence;  // that was issued then
  Sequence version;
  std::uint64_t security_epoch = 0;
  // The licence that was given back last; when it was issued, 0: none was. It and those before it are over for good.
  formats::LicenceId returned;
  UnixTime returned_issued_at;
};

// An application that has, or had, values stored here (spec/keep-state.md §12): the user it runs as, and what it
// changed lately. Where its values are is said by its place in the list.
struct StateApplication {
  std::uint32_t user = 0;
  std::uint32_t debt_seconds = 0;  // until it may change as much at a time as may be
  UnixTime at;                     // when that was so
};

inline constexpr std::size_t kMaxApplications = 16;
using StateApplications = InlineVector<StateApplication, kMaxApplications>;
inline constexpr std::size_t kStateApplicationSize = 4 + 4 + 8;

// As it is stored.
inline constexpr std::size_t kStateBarSize = Digest::kSize + 8 + 8 + 8 + 2 * formats::LicenceId::kSize + 8;

// An object as it was bound: to be written to its own place once the counter has risen.
struct PendingObject {
  std::optional<ProductName> product;  // none: an object of the device itself
  InlineString<160> name;
  Bytes bytes;
};

struct StateRoot {
  std::uint64_t sequence = 0;                                // the counter's value under which it counts
  InlineVector<StateLeaf, kMaxStateLeaves> leaves;           // ascending names
  InlineVector<ProductBar, ports::kMaxStoredProducts> bars;  // ascending products
  StateApplications applications;
  std::optional<PendingObject> pending;

  const StateLeaf* Find(const Digest& name) const;
  // Fails with kTooLarge.
  Status Put(const StateLeaf& leaf);
  void Remove(const Digest& name);
  const ProductBar* FindBar(const Digest& product) const;
  // Raises what `bar` has higher; false where that is nothing. A licence is the later one, of two issued at once the
  // one in `bar`. Fails with
  // kTooLarge.
  Result<bool> Raise(const ProductBar& bar);
  // The last licence of every product but these, and whatever was issued before it, is over, as if it had been given
  // back: whatever has become of its files.
  void EndLicencesBut(std::span<const Digest> kept);
};

inline constexpr std::size_t kMaxStoredStateSize =
    8 + 4 + 64 * kMaxStateLeaves + 4 + kStateBarSize * ports::kMaxStoredProducts + 4 +
    kStateApplicationSize * kMaxApplications + 1 + ProductName::kMaxLength + 1 + 160 + 4 + kMaxPendingSize +
    kProtectionSize;

// The name of a leaf: SHA-256(product ‖ ":" ‖ name), the product empty for the device's own objects.
Result<Digest> StateNameOf(const crypto::Provider& provider, const ProductName* product, std::string_view name);

// Returns the state as it is stored, with its MAC.
Result<Bytes> ProtectState(const Vault& vault, const StateRoot& state);
// Fails with kDenied when it was changed or another device made it, kMalformed, kNoMemory.
Status CheckState(const Vault& vault, ByteView stored, StateRoot& state);

}  // namespace edgekeep::core
