// A device that changes hands, at the desks of both owners (spec/transfer.md). No private key comes here: each signs
// what SignedBy tells with the tools of their own authority.
#pragma once
#include <string>
#include <vector>

#include "edgekeep/author/context.h"
#include "edgekeep/formats/transfer.h"
#include "edgekeep/ports/owner_certificates.h"

namespace edgekeep::author {

// Certificates are files, PEM or DER.
struct TransferTerms {
  DeviceId device;
  std::string from, to;  // the authorities of who gives and of who takes
  std::uint64_t number = 1;
  UnixTime until;
  formats::LicencesHandedOver licences = formats::LicencesHandedOver::kTransferable;
  formats::ValuesHandedOver values = formats::ValuesHandedOver::kNone;
  std::string server;
};

// Signed by nobody yet. Fails with kUntrusted where one of the two is no authority's, kExpired.
Outcome<Bytes> ProposeTransfer(const Context& context, ports::OwnerCertificates& certificates,
                               const TransferTerms& terms);

// What one of the two signs.
Outcome<Bytes> ToSignOf(const std::string& transfer, formats::TransferSide side);

struct OwnersWord {
  formats::TransferSide side = formats::TransferSide::kGiver;
  std::string authority;                  // of who gives; who takes is in the transfer
  std::string signature;                  // file
  std::vector<std::string> certificates;  // of who signed for the authority, and those above it
};

// The transfer with that signature, which was verified.
Outcome<Bytes> WithWordOf(const Context& context, ports::OwnerCertificates& certificates, const std::string& transfer,
                          const OwnersWord& word);

enum class Said : std::uint8_t { kNotYet, kUnverified, kVerified };

struct TransferReview {
  std::vector<std::string> lines;
  DeviceId device;
  std::uint64_t number = 0;
  Said giver = Said::kNotYet, taker = Said::kNotYet;
};

// `from`: the giver's authority; empty: whether it was they who signed is not looked at. A wrong signature is a
// failure.
Outcome<TransferReview> ReviewTransfer(const Context& context, ports::OwnerCertificates& certificates,
                                       const std::string& transfer, const std::string& from);

}  // namespace edgekeep::author
