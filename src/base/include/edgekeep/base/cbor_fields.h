// What every reader and writer of a map's fields shares, in the order of the keys; each format adds its own types.
#pragma once
#include <concepts>
#include <limits>

#include "edgekeep/base/cbor_reader.h"
#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"

namespace edgekeep {

// Every call takes the next key, which must be `key`, and the value of that type. Fails with kMalformed; views borrow
// from what the CborReader was made of.
class CborFieldReader {
 public:
  // Takes the key alone; the caller reads the value next.
  Status At(std::int64_t key) { return map_.Key(key); }

  Result<bool> Has(std::int64_t key) { return map_.OptionalKey(key); }

  Status End() const { return map_.End(); }

  Result<ByteView> ByteString(std::int64_t key);
  Result<ProductName> Product(std::int64_t key);

  template <std::unsigned_integral T>
  Result<T> Unsigned(std::int64_t key) {
    EK_TRY(At(key));
    EK_TRY_ASSIGN(const std::uint64_t value, in_->ReadUnsigned());
    if (value > std::numeric_limits<T>::max()) return Error(ErrorCode::kMalformed, "number out of range");
    return static_cast<T>(value);
  }

  // Digests, ids, salts.
  template <typename Id>
  Result<Id> IdOf(std::int64_t key) {
    EK_TRY_ASSIGN(const ByteView bytes, ByteString(key));
    return Id::From(bytes);
  }

 protected:
  CborFieldReader(CborReader& in, CborMapReader map) noexcept : in_(&in), map_(map) {}

  CborReader& in() noexcept { return *in_; }

 private:
  CborReader* in_;
  CborMapReader map_;
};

// Writes the fields of a map; the caller names the keys in their order.
class CborFieldWriter {
 public:
  Status Unsigned(std::int64_t key, std::uint64_t value);
  Status ByteString(std::int64_t key, ByteView bytes);

  // Writes the key alone; the caller writes the value next.
  Status At(std::int64_t key) { return out_->Int(key); }

 protected:
  explicit CborFieldWriter(CborWriter& out) noexcept : out_(&out) {}

  CborWriter& out() noexcept { return *out_; }

 private:
  CborWriter* out_;
};

}  // namespace edgekeep
