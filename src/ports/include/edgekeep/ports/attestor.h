// Attestor: what an anchor's silicon swears to others, where it does.
#pragma once
#include <array>
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/base/secret.h"

namespace edgekeep::ports {

// TPMS_ATTEST as it was signed, and r || s of the attestation key over SHA-256 of it.
struct SignedStatement {
  Bytes statement;
  Bytes signature;
};

struct ChipFacts {
  std::uint32_t manufacturer = 0;
  std::uint64_t firmware = 0;
};

struct RegisterValue {
  std::uint8_t index = 0;
  Digest value;
};

inline constexpr std::size_t kMaxLoggedEvents = 16;
inline constexpr std::size_t kMaxLoggedEvent = 192;

struct LoggedEvent {
  std::array<std::uint8_t, kMaxLoggedEvent> bytes{};
  std::size_t size = 0;

  ByteView view() const& noexcept { return ByteView(bytes).first(size); }
};

using EventLog = InlineVector<LoggedEvent, kMaxLoggedEvents>;

// What was measured in this boot. The log leads to the value of the register that events are extended into, unless
// somebody else measured into it.
struct Measurements {
  InlineVector<RegisterValue, 9> registers;  // ascending: those that tell boot states apart, and that one
  EventLog events;
};

// Any number of threads; each waits as long as the silicon takes. Points are uncompressed P-256 (65 bytes). Qualifying
// data has at most 32 bytes, and is in what is signed.
class Attestor {
 public:
  virtual ~Attestor() = default;

  // Signs what the chip says, and nothing else.
  virtual Result<Bytes> AttestationKey() = 0;
  virtual Result<Bytes> EndorsementKey() = 0;
  // DER, as the chip's maker put it there. kNotFound where there is none.
  virtual Result<Bytes> EndorsementCertificate() = 0;
  // The secret in a credential. kDenied for one that was made for another key, another chip, or changed.
  virtual Result<SecretBytes> Activate(ByteView credential, ByteView encrypted_seed) = 0;

  virtual Result<ChipFacts> Chip() = 0;
  // Once in a boot, whoever asks again: formats::MeasuredEvent, encoded. Of the events of one kind only the last one
  // counts as there already. kTooLarge for more than kMaxLoggedEvents in one boot.
  virtual Status MeasureEvent(ByteView event) = 0;
  virtual Result<Measurements> ReadMeasurements() = 0;

  // Over the registers of ReadMeasurements.
  virtual Result<SignedStatement> Quote(ByteView qualifying_data) = 0;
  virtual Result<SignedStatement> CertifyIdentity(ByteView qualifying_data) = 0;
  // The counter that the state root hangs on.
  virtual Result<SignedStatement> CertifyCounter(ByteView qualifying_data) = 0;
};

}  // namespace edgekeep::ports
