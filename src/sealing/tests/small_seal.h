// A small but complete sealed file, built step by step so that tests can leave steps out or do them wrongly.
#pragma once
#include "edgekeep/sealing/key_wraps.h"
#include "edgekeep/sealing/verified_seal.h"
#include "support.h"

namespace edgekeep::sealing {

struct SmallSeal {
  ContentKey content_key{RandomKey()};
  Buffer plaintext = Pattern(1000, 5);
  std::string_view product = "acme/label-ocr";
  formats::Salt salt = RandomSalt();
  Buffer header;               // encoded
  formats::SealRecord record;  // as signed
  std::vector<Buffer> segments;

  // Encodes the header, encrypts the one segment, fills the record.
  void Build();
  // Encrypts `other` under the same content key and header: what an insider who knows K_n can do.
  void ReplacePlaintext(const Buffer& other);
  Buffer EncodedRecord() const;
  // The whole file with `signed_record` as its record.
  Buffer Assemble(ByteView signed_record) const;
  Buffer SignedBy(const std::vector<const SigningKey*>& keys) const;
};

// A bundle of publisher "acme" that trusts `author`; borrows from it.
formats::TrustBundle BundleFor(const TestHolder& author);

}  // namespace edgekeep::sealing
