// Release metadata and what else the root's people sign, on its way to the keep (spec/gate.md §12). The administrator's
// side is a transport: the keep says which file it needs next.
#pragma once
#include <optional>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_string.h"

namespace edgekeep::gate {

inline constexpr std::size_t kMaxReleaseFileName = 320;
inline constexpr std::size_t kMaxReleaseDirectory = 212;

using ReleaseDirectory = InlineString<kMaxReleaseDirectory>;

// The newest release, once everything that is demanded of it was there.
struct ReleaseFacts {
  ProductName product;
  Version version;
  std::uint64_t security_epoch = 0;
  UnixTime cosigned_at;
};

// Answer to kRefreshRelease and to kGiveReleaseFile: which file is needed next, below the repository's
// directory, or what there is.
struct ReleaseStep {
  InlineString<kMaxReleaseFileName> wanted;  // empty: nothing more is
  std::uint64_t max_size = 0;
  std::optional<ReleaseFacts> release;  // exactly where `wanted` is empty
};

// kGiveReleaseFile: with kFound one descriptor, of the file.
enum class FileOutcome : std::uint8_t { kFound = 1, kNotFound = 2, kFailed = 3 };

// kAdopt: no body, one descriptor, of a signed object or of an operations policy. The answer:
enum class AdoptedKind : std::uint8_t { kTrustPolicy = 1, kTimeRepair = 2, kOperationsPolicy = 3 };

struct AdoptAnswer {
  AdoptedKind kind = AdoptedKind::kTrustPolicy;
  std::uint64_t number = 0;  // the policy's version, the repair's number
  UnixTime counts_from;      // of the time floor; of a repair: what the floor is now
  bool counts = false;       // already; of a repair: it was for this device
};

// kRefreshRelease: no body, or the directory of a release that is not the newest, of which files are to be installed.
Result<ReleaseDirectory> DecodeReleaseDirectory(ByteView body);
Status EncodeReleaseDirectory(const ReleaseDirectory& directory, CborWriter& out);
Result<ReleaseStep> DecodeReleaseStep(ByteView body);
Status EncodeReleaseStep(const ReleaseStep& step, CborWriter& out);
Result<FileOutcome> DecodeFileOutcome(ByteView body);
Status EncodeFileOutcome(FileOutcome outcome, CborWriter& out);
Result<AdoptAnswer> DecodeAdoptAnswer(ByteView body);
Status EncodeAdoptAnswer(const AdoptAnswer& answer, CborWriter& out);

}  // namespace edgekeep::gate
