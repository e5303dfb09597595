// Certificates of a factory: chips' makers believed, an authority, and the identities it issues (IEEE 802.1AR).
// Whatever is X.509 is OpenSSL's.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::factory {

inline constexpr std::size_t kMaxPemFile = 65536;
inline constexpr std::size_t kMaxMakers = 256;

struct OpenSsl;

// OpenSSL's private context. Outlives what is made with it; any number of threads.
class X509Library {
 public:
  static Result<X509Library> Open();
  X509Library(X509Library&&) noexcept;
  ~X509Library();

  const OpenSsl& parts() const noexcept { return *parts_; }

 private:
  explicit X509Library(std::unique_ptr<OpenSsl> parts) noexcept;

  std::unique_ptr<OpenSsl> parts_;
};

// What a maker's certificate says of a chip.
struct VerifiedEndorsement {
  Bytes key;                                  // a point of P-256
  std::optional<std::uint32_t> manufacturer;  // as in TPM_PT_MANUFACTURER; absent where the certificate names none
};

// Makers of chips: their certificates, each of which is believed by itself.
class ChipMakers {
 public:
  // PEM, one certificate or more each, every block of which counts. Fails with kMalformed; with kNotFound for none.
  static Result<ChipMakers> Parse(const X509Library& library, const std::vector<std::string>& pems);
  ChipMakers(ChipMakers&&) noexcept;
  ~ChipMakers();

  // The endorsement key of a certificate (DER) that a maker issued for one. Fails with kMalformed, kUntrusted (another
  // maker's, out of its time, for another purpose, or by algorithms of less than 112 bits) or kUnsupported (another
  // kind of key).
  Result<VerifiedEndorsement> VerifyEndorsement(ByteView certificate, UnixTime now) const;

 private:
  struct Store;
  ChipMakers(const X509Library& library, std::unique_ptr<Store> store) noexcept;

  const X509Library* library_;
  std::unique_ptr<Store> store_;
};

// What an identity says of its device.
struct IdentitySubject {
  std::string product;       // organisational unit
  std::string serial;        // serialNumber: 1 to 64 hexadecimal characters
  std::string hardware;      // hwType: an object identifier in dots
  ByteView hardware_serial;  // hwSerialNum (RFC 4108)
  ByteView key;              // a point of P-256
};

// What a verified identity says of its device.
struct VerifiedSubject {
  DeviceId device;  // by its key
  std::string product, serial, hardware;
  std::vector<std::uint8_t> hardware_serial;
};

// A certificate authority by its own certificate; issues where it is given its key.
class Authority {
 public:
  // A certificate of its own for a key of P-256, in PEM. `name`: 1 to 64 printable characters.
  static Result<std::string> MakeCertificate(const X509Library& library, const crypto::Provider& provider,
                                             const sealing::SigningKey& key, const std::string& name, UnixTime now);
  // Fails with kMalformed, or kUntrusted for what is no authority's.
  static Result<Authority> Parse(const X509Library& library, const std::string& pem);
  Authority(Authority&&) noexcept;
  ~Authority();

  // The point of P-256.
  ByteView public_key() const noexcept { return public_key_.view(); }

  // An IDevID, DER: without an end (99991231235959Z), for signatures. Fails with kWrongProduct where `key` is
  // another's.
  Result<Bytes> Issue(const crypto::Provider& provider, const sealing::SigningKey& key, const IdentitySubject& subject,
                      UnixTime now) const;
  // All that an IDevID of this authority says; times do not count. Fails with kMalformed, kUntrusted or kUnsupported.
  Result<VerifiedSubject> Verify(const crypto::Provider& provider, ByteView certificate) const;

 private:
  struct Certificate;
  Authority(const X509Library& library, std::unique_ptr<Certificate> certificate, Bytes public_key) noexcept;

  const X509Library* library_;
  std::unique_ptr<Certificate> certificate_;
  Bytes public_key_;
};

// A certificate (DER) as PEM, whatever it says.
Result<std::string> ToPem(const X509Library& library, ByteView certificate);

}  // namespace edgekeep::factory
