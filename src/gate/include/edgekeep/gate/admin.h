// What the administrator says to the keep over admin.sock (spec/gate.md §5).
#pragma once
#include <optional>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/gate/policy_bytes.h"

namespace edgekeep::gate {

// kInitialise: body is the trust bundle's bytes as one byte string; for a device under releases two descriptors come
// along, of a root of release metadata and of a trust policy. The answer:
struct InitialiseAnswer {
  DeviceId device;
  std::uint8_t anchor = 0;  // formats::AnchorKind
  InlineString<63> publisher;
  Digest trust_fingerprint;
};

// kShowRequest, kShowOwnership: body is empty; the answer is the signed device request as one byte string (DecodeBlob).
// The second says whose the device is.

// kShowAttestationKeys: body is empty; the answer is attestation keys as one byte string.
// kAttest: body is a challenge or an activation as one byte string; the answer is evidence, likewise.

// kInstall: the sealed file comes as a descriptor (regular file, read-only).
struct InstallRequest {
  ByteView grant;
  ByteView licence;
};

struct InstallAnswer {
  ProductName product;
  Version version;
  bool prepared = false;  // false: this model has no prepared form and opens from the canonical package
};

// kInstallLicence: body is the licence as one byte string; the answer names its product. kRequestRenewal and
// kReturnLicence: body names the product; the answer is the signed licence report as one byte string.
struct LicensedProduct {
  ProductName product;
};

// What became of the plaintext of a cell that crashed: the cell wiped it, the kernel clears the pages when it hands
// them out again, or nobody knows.
enum class CrashMemory : std::uint8_t { kWiped = 1, kLeftToKernel = 2, kUnknown = 3 };

// Cells of one product that ended while they had sessions, since the keep began.
struct CrashFacts {
  std::uint32_t count = 0;  // at least 1
  UnixTime last;            // by the keep's clock; 0: it could not be read
  std::uint8_t signal = 0;  // that the last one died of; 0: it ended by itself, or nobody knows
  CrashMemory memory = CrashMemory::kUnknown;
  std::uint32_t wait_seconds = 0;  // for so long no cell of the product is started
};

// A lease of the licence that a product has.
struct LeaseFacts {
  std::uint64_t seconds = 0;
  std::uint64_t grace_seconds = 0;
  std::uint64_t used_seconds = 0;  // since it began; from seconds + grace_seconds on it is over
};

struct ProductStatus {
  ProductName product;
  Version version;
  std::uint8_t slot = 0;
  bool licensed = false;
  std::optional<UnixTime> licence_expires;
  InlineString<128> prepared_for;  // engine key of the prepared form; empty: none
  bool prepared_form_current = false;
  std::uint32_t open_sessions = 0;
  PolicyBytes policy;
  std::uint8_t provider = 0;  // formats::ExecutionProvider that the last one opened took; 0: none since the keep began
  std::optional<std::uint64_t> calls_left;  // that the licence's budget leaves; absent: no bound, or not countable
  std::optional<CrashFacts> crashes;        // absent: there was none
  bool prepared_form_set_aside = false;     // it crashed its cells: opened from the canonical package
  std::optional<LeaseFacts> lease;          // absent: none, or not countable
  bool returned = false;                    // its licence was given back
};

inline constexpr std::size_t kMaxProducts = 64;

// What a device under releases believes; absent where it demands none.
struct ReleaseStatus {
  std::uint64_t policy_version = 0;
  std::uint8_t profile = 0;  // formats::PolicyProfile
  std::uint64_t root_version = 0;
  std::uint64_t targets_version = 0;  // 0: no release was taken yet
  UnixTime time_floor;
  std::uint64_t waiting_policy = 0;  // version of the next policy; 0: none
  UnixTime waits_until;              // of the time floor
  Digest policy_fingerprint;
  OperationsBytes operations;          // the operations policy in force
  bool operations_unreadable = false;  // one was taken, and is damaged: nothing opens
  // What holds by orders, until others end it, and by the policy for the class of this device's chip.
  bool suspended = false;
  bool installs_held = false;
  std::uint32_t max_sessions = 0;  // 0: no bound
  bool quarantined = false;
};

// kStatus: body is empty.
struct StatusAnswer {
  bool initialised = false;
  DeviceId device;          // zeros before initialisation
  std::uint8_t anchor = 0;  // formats::AnchorKind
  InlineString<63> publisher;
  InlineString<128> engine_key;     // of the engine and CPU here; empty: no engine could be started
  InlineString<32> memory_locking;  // "all" or "pool": what the host allows cells to lock
  InlineVector<ProductStatus, kMaxProducts> products;
  std::optional<ReleaseStatus> releases;
  std::uint64_t clock_behind_seconds = 0;  // that the system's clock is behind the time the device knows; 0: it is not
};

Result<ByteView> DecodeBlob(ByteView body);
Status EncodeBlob(ByteView bytes, CborWriter& out);
Result<InitialiseAnswer> DecodeInitialiseAnswer(ByteView body);
Status EncodeInitialiseAnswer(const InitialiseAnswer& answer, CborWriter& out);
Result<InstallRequest> DecodeInstallRequest(ByteView body);
Status EncodeInstallRequest(const InstallRequest& request, CborWriter& out);
Result<InstallAnswer> DecodeInstallAnswer(ByteView body);
Status EncodeInstallAnswer(const InstallAnswer& answer, CborWriter& out);
Result<LicensedProduct> DecodeLicensedProduct(ByteView body);
Status EncodeLicensedProduct(const LicensedProduct& licensed, CborWriter& out);
Result<StatusAnswer> DecodeStatusAnswer(ByteView body);
Status EncodeStatusAnswer(const StatusAnswer& answer, CborWriter& out);

}  // namespace edgekeep::gate
