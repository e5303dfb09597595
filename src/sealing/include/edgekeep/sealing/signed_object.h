// Hybrid signatures over signed objects: every required class of one holder, or nothing (spec/signed-object.md §4).
#pragma once
#include <span>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/trust_bundle.h"

namespace edgekeep::sealing {

// One private signature key, wherever it lives (a passphrase file, a token, an anchor).
class SigningKey {
 public:
  virtual ~SigningKey() = default;
  virtual crypto::AlgorithmId algorithm() const = 0;
  virtual ByteView public_key() const = 0;
  virtual Result<Bytes> Sign(ByteView message) const = 0;
};

// Signs `payload` as `type` (formats::typ) with every key, in the order given.
Result<Bytes> SignObject(const crypto::Provider& provider, std::string_view type, ByteView payload,
                         std::span<const SigningKey* const> keys);

// The size of what SignObject returns for any payload of this size: callers can leave room before they know what there
// will be to sign. Fails with kUnsupported for an algorithm whose signatures differ in size.
Result<std::size_t> SignedObjectSize(std::string_view type, std::size_t payload_size,
                                     std::span<const SigningKey* const> keys);

// A payload that a trusted holder has signed in every required class. Only VerifyObject makes one.
class VerifiedPayload {
 public:
  // Borrows from the bytes given to VerifyObject.
  ByteView payload() const noexcept { return payload_; }

  // Index of the holder that signed, within the holders given.
  std::size_t holder() const noexcept { return holder_; }

 private:
  friend Result<VerifiedPayload> VerifyObject(const crypto::Provider&, std::string_view, ByteView,
                                              std::span<const formats::Holder>, std::span<const std::uint8_t>);

  VerifiedPayload(ByteView payload, std::size_t holder) noexcept : payload_(payload), holder_(holder) {}

  ByteView payload_;
  std::size_t holder_;
};

// Verifies that one of `holders` has signed with a key of each of `required_classes`. The trusted key decides the
// algorithm; a signature that claims another one, or is wrong, is kBadSignature; one by nobody trusted is kUntrusted
// when no trusted holder signed at all. Unknown kids beside a full set are ignored (other people may sign too).
Result<VerifiedPayload> VerifyObject(const crypto::Provider& provider, std::string_view type, ByteView bytes,
                                     std::span<const formats::Holder> holders,
                                     std::span<const std::uint8_t> required_classes);

// The same object with no signatures but those that name keys of `holder`; nothing is verified here. Fails with
// kUntrusted where there are none.
Result<Bytes> WithSignaturesOf(const crypto::Provider& provider, std::string_view type, ByteView bytes,
                               const formats::Holder& holder);

inline constexpr std::size_t kMaxQuorumHolders = 32;

// Who of `holders` signed an object in every required class; at most kMaxQuorumHolders of them.
struct ObjectSigners {
  ByteView payload;            // borrows from the bytes given
  std::uint32_t complete = 0;  // a bit for each holder, by its index
  bool any_named = false;      // some trusted key signed

  unsigned Count() const noexcept;
};

// A wrong signature by a trusted key is kBadSignature, whatever else signed.
Result<ObjectSigners> FindSigners(const crypto::Provider& provider, std::string_view type, ByteView bytes,
                                  std::span<const formats::Holder> holders,
                                  std::span<const std::uint8_t> required_classes);

// As VerifyObject, demanding `threshold` of `holders`, who share no key: whoever names them has seen to that. Returns
// the payload.
Result<ByteView> VerifyObjectByQuorum(const crypto::Provider& provider, std::string_view type, ByteView bytes,
                                      std::span<const formats::Holder> holders,
                                      std::span<const std::uint8_t> required_classes, std::uint64_t threshold);

// As VerifyObject for one bare key: for objects of which hardware allows only one class (device requests).
Result<ByteView> VerifyObjectWithKey(const crypto::Provider& provider, std::string_view type, ByteView bytes,
                                     const formats::PublicKey& key);

}  // namespace edgekeep::sealing
