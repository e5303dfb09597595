#include "orders.h"

#include <algorithm>
#include <array>
#include <utility>

#include "edgekeep/base/cbor_writer.h"
#include "journal_words.h"

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

// A cell that was broken into says what it likes: letters at most.
void NoteWhyRefused(ports::Journal& journal, const ProductName& product, std::string_view why) {
  std::array<char, 96> shown{};
  const std::size_t size = std::min(why.size(), shown.size());
  std::ranges::transform(why.substr(0, size), shown.begin(), [](char c) { return c >= ' ' && c <= '~' ? c : '?'; });
  NoteEvent(journal, {product.view(), ": its cell refuses: ", std::string_view(shown.data(), size)});
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

Result<Bytes> GiveOrder(ports::Journal& journal, const ProductName& product, ports::Cell& cell,
                        const CellOrder& order) {
  Result<Bytes> answer = cell.Order(std::to_underlying(order.command), order.body, order.descriptors, order.timeout_ms);
  if (answer) return answer;
  const InlineString<96> why = cell.WhyRefused();
  if (!why.empty()) NoteWhyRefused(journal, product, why.view());
  return answer;
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
