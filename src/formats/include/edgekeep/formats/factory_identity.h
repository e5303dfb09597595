// Identities that a factory gave to devices: the entry of a station's journal, what a device keeps, and the list of
// identities that verifiers take (spec/production-order.md §4 to §6).
#pragma once
#include <string_view>

#include "edgekeep/formats/production_order.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxCertificateSize = 2048;
inline constexpr std::size_t kMaxIdentityCheckpoint = 8192;
inline constexpr std::size_t kMaxIdentityPath = 48;
inline constexpr std::size_t kMaxFactoryIdentitySize = 16384;
inline constexpr std::size_t kMaxListedIdentities = 2 * kMaxOrderUnits;
inline constexpr std::size_t kMaxIdentityListSize = 2 * kMaxListedIdentities * Digest::kSize + 512;

// SHA-256 over a chip's endorsement key, an uncompressed point of P-256.
using ChipId = StrongBytes<struct ChipIdTag, 32>;
// SHA-256 over a certificate's DER.
using CertificateDigest = StrongBytes<struct CertificateDigestTag, 32>;

// Content of a journal's entry: one device got its identity. "edgekeep/log/provisioned".
struct Provisioned {
  OrderId order;
  Ticket ticket;
  ChipId chip;
  DeviceId device;
  ByteView certificate;  // DER, at most kMaxCertificateSize
};

// Content of a journal's entry: an identity that was given counts no more, its ticket is used up.
// "edgekeep/log/voided".
struct Voided {
  OrderId order;
  std::uint64_t index = 0;  // of that identity's entry, an earlier one of this journal
};

// What a device keeps of it. Views borrow from the bytes decoded.
struct FactoryIdentity {
  ByteView entry;                               // of the journal: a log entry
  std::uint64_t index = 0;                      // in the journal
  InlineVector<Digest, kMaxIdentityPath> path;  // from the leaf up, in the tree of the checkpoint
  std::string_view checkpoint;                  // of the journal, signed
};

// The payload the product's owner signs, typ "edgekeep/identity-list".
struct IdentityList {
  OrderId order;
  ProductName product;
  std::uint32_t units = 0;
  UnixTime issued_at;
  ByteView accepted;       // digests of certificates, ascending
  ByteView refused;        // likewise
  ByteView retired;        // likewise: of devices that had retired for good; none is in two of these
  ByteView retired_chips;  // ids of chips, ascending: of devices that had retired, by this order or another one
};

// Fails with kMalformed, kTooLarge or kUnsupported.
Result<Provisioned> DecodeProvisioned(ByteView content);
Status EncodeProvisioned(const Provisioned& provisioned, CborWriter& out);
Result<Voided> DecodeVoided(ByteView content);
Status EncodeVoided(const Voided& voided, CborWriter& out);
Result<FactoryIdentity> DecodeFactoryIdentity(ByteView bytes);
Status EncodeFactoryIdentity(const FactoryIdentity& identity, CborWriter& out);
Result<IdentityList> DecodeIdentityList(ByteView payload);
Status EncodeIdentityList(const IdentityList& list, CborWriter& out);

// Whether a list's digests hold this one.
bool Lists(ByteView digests, const CertificateDigest& certificate);
bool ListsChip(ByteView chips, const ChipId& chip);

}  // namespace edgekeep::formats
