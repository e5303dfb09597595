// Looking at sealed files and licences: what everybody can see, and whether a trusted holder stands behind it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/author/context.h"
#include "edgekeep/author/failure.h"
#include "edgekeep/formats/licence.h"
#include "edgekeep/formats/sealed_file.h"

namespace edgekeep::author {

// A signature as the object names it; true only together with a verified holder.
struct SignatureView {
  std::string algorithm;
  KeyId kid;
};

// Against which trust bundle something was verified.
struct Verification {
  std::string publisher;
  Digest fingerprint;
};

struct SealInspection {
  formats::SealedHeader header;  // views borrow from `bytes`
  formats::SealRecord record;
  SealedFileId id;
  std::uint64_t file_size = 0;
  std::string cipher;    // of the segments: "AES-256-GCM"
  std::string key_wrap;  // of the content key to the licensor
  std::vector<SignatureView> signatures;
  std::optional<Verification> verified;  // absent: nobody's signature was checked
  Bytes bytes;
};

// `trust` is the path of a trust bundle, or empty: then signatures are only listed.
Outcome<SealInspection> InspectSeal(const Context& context, const std::string& path, const std::string& trust);

struct LicenceInspection {
  formats::Licence licence;  // views borrow from `bytes`
  std::vector<SignatureView> signatures;
  std::optional<Verification> verified;
  Bytes bytes;
};

Outcome<LicenceInspection> InspectLicence(const Context& context, const std::string& path, const std::string& trust);

}  // namespace edgekeep::author
