// A device changes hands (spec/transfer.md): what its owner gives away, whom it goes to, and that both say so.
#pragma once
#include <optional>
#include <string_view>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxTransferSize = 5120;
inline constexpr std::size_t kMaxSignedTransfer = 40960;
// Of whoever signs for an authority, and between the two.
inline constexpr std::size_t kMaxTransferCertificates = 3;
inline constexpr std::size_t kMaxOwnerSignature = 5120;
inline constexpr std::uint64_t kMaxTransferTerm = 366ULL * 24 * 3600;
inline constexpr std::size_t kMaxEndedLicences = 64;
inline constexpr std::size_t kMaxTransferAnswer = 16384;

enum class LicencesHandedOver : std::uint8_t {
  kTransferable = 1,  // the others end
  kNone = 2,
};

// What applications have stored.
enum class ValuesHandedOver : std::uint8_t {
  kAll = 1,
  kNone = 2,  // they are deleted
};

// What both sign. Views borrow from it.
struct Transfer {
  DeviceId device;
  Digest from;               // SHA-256 of the certificate by which the device knows who gives it away
  ByteView to;               // DER: the authority of who takes it
  std::uint64_t number = 0;  // one more than the changes of owner that the device counted
  UnixTime issued_at, not_after;
  LicencesHandedOver licences = LicencesHandedOver::kNone;
  ValuesHandedOver values = ValuesHandedOver::kNone;
  std::string_view server;  // EST server of who takes it, for people; may be empty
};

// Fails with kMalformed, kTooLarge or kUnsupported.
Result<Transfer> DecodeTransfer(ByteView payload);
Status EncodeTransfer(const Transfer& transfer, CborWriter& out);

// By an authority's own key, or, with certificates, by the first one's, which the others lead from to the authority.
struct OwnerSignature {
  InlineVector<ByteView, kMaxTransferCertificates> certificates;
  ByteView signature;
};

struct SignedTransfer {
  ByteView payload;
  std::optional<OwnerSignature> giver, taker;  // absent: not signed yet
};

Result<SignedTransfer> DecodeSignedTransfer(ByteView bytes);
Status EncodeSignedTransfer(const SignedTransfer& transfer, CborWriter& out);

// Numbers never change their meaning.
enum class TransferSide : std::uint8_t { kGiver = 1, kTaker = 2 };

inline constexpr std::size_t kMaxTransferToSign = kMaxTransferSize + 64;

// The bytes that one of the two signs: a giver's signature is none of a taker's.
Status EncodeTransferToSign(TransferSide side, ByteView payload, CborWriter& out);

// What a device answers that has changed hands.
struct TransferAnswer {
  std::uint64_t number = 0;
  InlineVector<ProductName, kMaxEndedLicences> ended;  // products whose licences are over
};

Result<TransferAnswer> DecodeTransferAnswer(ByteView bytes);
Status EncodeTransferAnswer(const TransferAnswer& answer, CborWriter& out);

}  // namespace edgekeep::formats
