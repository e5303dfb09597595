#include "edgekeep/probe/canary.h"

#include <cstring>

#include "edgekeep/base/hex.h"

namespace edgekeep::probe {
namespace {

constexpr std::size_t kTagDigits = 4;
constexpr std::size_t kMinMarkerDigits = 16;
constexpr std::size_t kMaxMarkerDigits = 128;
constexpr std::uint64_t kWindowBytes = 64;
constexpr int kDense = 4;

// `counts` are of the lower halves of 8-byte words at each of the four alignments, then of the upper halves.
std::uint64_t IfDense(std::span<const std::uint8_t> counts) {
  const std::size_t alignments = counts.size() / 2;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < alignments; ++i) {
    const int lower = counts[i];
    const int upper = counts[i + alignments];
    if (lower > 0 && upper > 0 && lower + upper >= kDense) sum += static_cast<std::uint64_t>(lower + upper);
  }
  return sum;
}

std::uint64_t CountIn(ByteView bytes, ByteView wanted) {
  std::uint64_t count = 0;
  while (bytes.size() >= wanted.size()) {
    const void* found = ::memmem(bytes.data(), bytes.size(), wanted.data(), wanted.size());
    if (found == nullptr) break;
    ++count;
    bytes = bytes.subspan(static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes.data()) + 1);
  }
  return count;
}

}  // namespace

Result<Canary> ParseCanary(std::string_view hex) {
  const Error refusal(ErrorCode::kBadArgument,
                      "a tag has 4 lower-case hexadecimal digits (weights) or 16 to 128 (a marker)");
  if (hex.size() != kTagDigits && (hex.size() < kMinMarkerDigits || hex.size() > kMaxMarkerDigits)) return refusal;
  std::vector<std::uint8_t> bytes(hex.size() / 2);
  if (hex.size() % 2 != 0 || !FromHex(hex, bytes)) return refusal;
  if (hex.size() > kTagDigits) return Canary(Marker{std::move(bytes)});
  return Canary(WeightTag{static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1])});
}

void CanaryCounter::Feed(ByteView piece) {
  if (piece.empty()) return;
  if (const auto* tag = std::get_if<WeightTag>(canary_)) FeedWords(*tag, piece);
  if (const auto* marker = std::get_if<Marker>(canary_)) FeedMarker(*marker, piece);
  position_ += piece.size();
}

void CanaryCounter::Break() {
  counted_ += IfDense(in_window_);
  in_window_ = {};
  tail_.clear();
}

std::uint64_t CanaryCounter::count() const noexcept {
  return counted_ + IfDense(in_window_);
}

// `position` is of the word's last byte, in the little-endian order of every machine Edgekeep runs on.
void CanaryCounter::NoteWord(std::uint64_t position) {
  if (position / kWindowBytes != window_) {
    counted_ += IfDense(in_window_);
    in_window_ = {};
    window_ = position / kWindowBytes;
  }
  ++in_window_[position % kPhases];
}

void CanaryCounter::FeedWords(const WeightTag& tag, ByteView piece) {
  const auto high = static_cast<std::uint8_t>(tag.top_bits >> 8);
  const auto low = static_cast<std::uint8_t>(tag.top_bits & 0xFF);
  if (!tail_.empty() && tail_.back() == low && piece.front() == high) NoteWord(position_);
  const std::uint8_t* const begin = piece.data();
  const std::uint8_t* const end = begin + piece.size();
  for (const std::uint8_t* at = begin + 1; at < end; ++at) {
    at = static_cast<const std::uint8_t*>(std::memchr(at, high, static_cast<std::size_t>(end - at)));
    if (at == nullptr) break;
    if (at[-1] == low) NoteWord(position_ + static_cast<std::uint64_t>(at - begin));
  }
  tail_.assign(1, piece.back());
}

void CanaryCounter::FeedMarker(const Marker& marker, ByteView piece) {
  const std::size_t reach = marker.bytes.size() - 1;
  const ByteView front = piece.first(std::min(reach, piece.size()));
  std::vector<std::uint8_t> border = tail_;
  border.insert(border.end(), front.begin(), front.end());
  counted_ += CountIn(border, marker.bytes) + CountIn(piece, marker.bytes);
  // Of a short piece the border holds everything, tail included.
  const ByteView last =
      piece.size() >= reach ? piece.last(reach) : ByteView(border).last(std::min(reach, border.size()));
  tail_.assign(last.begin(), last.end());
}

}  // namespace edgekeep::probe
