#include "orders.h"

#include <algorithm>
#include <array>

#include "edgekeep/base/cbor_writer.h"

namespace edgekeep::keep {
namespace {

constexpr std::size_t kMaxOrderSize = 2048 + gate::kMaxPolicySize;
constexpr std::uint64_t kBaseTimeoutMs = 120'000;
constexpr std::uint64_t kSlowestBytesPerMs = 2'000;
constexpr std::uint64_t kMaxTimeoutMs = 4ULL * 3600 * 1000;

template <typename Order>
Result<SecretBytes> Encode(const Order& order, Status (*encode)(const Order&, CborWriter&)) {
  EK_TRY_ASSIGN(SecretBytes buffer, SecretBytes::Allocate(kMaxOrderSize));
  CborWriter writer(buffer.RevealForWriting());
  EK_TRY(encode(order, writer));
  return SecretBytes::CopyOf(writer.written());
}

}  // namespace

Result<SecretBytes> EncodeOrder(const gate::ServeModelOrder& order) {
  return Encode(order, gate::EncodeServeModelOrder);
}

Result<SecretBytes> EncodeOrder(const gate::InstallPackageOrder& order) {
  return Encode(order, gate::EncodeInstallPackageOrder);
}

Result<SecretBytes> EncodeOrder(const gate::PreparePackageOrder& order) {
  return Encode(order, gate::EncodePreparePackageOrder);
}

Result<SecretBytes> EncodeOrder(const gate::SessionOrder& order) {
  return Encode(order, gate::EncodeSessionOrder);
}

Result<SecretBytes> EncodeOrder(const gate::StopOrder& order) {
  return Encode(order, gate::EncodeStopOrder);
}

Result<gate::PolicyBytes> EncodePolicy(const formats::ProductPolicy& policy) {
  static_assert(gate::kMaxPolicySize == formats::kMaxProductPolicySize);
  if (policy.is_default()) return gate::PolicyBytes();
  std::array<std::uint8_t, formats::kMaxProductPolicySize> buffer;
  CborWriter out(buffer);
  EK_TRY(formats::EncodeProductPolicy(policy, out));
  return gate::PolicyBytes::From(out.written());
}

Result<SecretBytes> EncodeOrder(const gate::ExportPackageOrder& order) {
  return Encode(order, gate::EncodeExportPackageOrder);
}

Error AfterSecretKeys(const Error& error) noexcept {
  switch (error.code()) {
    case ErrorCode::kBusy:
    case ErrorCode::kTimedOut:
    case ErrorCode::kPeerGone:
    case ErrorCode::kModelRefused:
    case ErrorCode::kNoMemory:
    case ErrorCode::kNoSpace:
    case ErrorCode::kReadOnly:
    case ErrorCode::kIo:
    case ErrorCode::kTooLarge:
      return error;
    default:
      return Error(ErrorCode::kDenied, error.where());
  }
}

int OrderTimeout(std::uint64_t bytes) noexcept {
  return static_cast<int>(std::min(kBaseTimeoutMs + bytes / kSlowestBytesPerMs, kMaxTimeoutMs));
}

}  // namespace edgekeep::keep
