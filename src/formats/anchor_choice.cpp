#include "edgekeep/formats/anchor_choice.h"

#include "edgekeep/formats/evidence.h"

namespace edgekeep::formats {
namespace {

constexpr const char* kWhere = "choice of an anchor";
constexpr std::string_view kDefaultTpm = "/dev/tpmrm0";
constexpr std::uint32_t kDefaultPcrs = 1U << 7;
constexpr std::uint32_t kNumPcrs = 24;
constexpr int kMaxPcrs = 8;

// From `at` on; at most the whole text's length.
std::string_view From(std::string_view text, std::size_t at) {
  text.remove_prefix(at);
  return text;
}

Result<std::uint32_t> ParsePcr(std::string_view text) {
  if (text.empty() || text.size() > 2) return Error(ErrorCode::kMalformed, kWhere);
  std::uint32_t number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return Error(ErrorCode::kMalformed, kWhere);
    number = number * 10 + static_cast<std::uint32_t>(digit - '0');
  }
  if (number >= kNumPcrs || number == kMeasuredPcr) return Error(ErrorCode::kMalformed, kWhere);
  return number;
}

Result<std::uint32_t> ParsePcrs(std::string_view text) {
  std::uint32_t pcrs = 0;
  for (int count = 0; count < kMaxPcrs; ++count) {
    const std::size_t comma = text.find(',');
    EK_TRY_ASSIGN(const std::uint32_t pcr,
                  ParsePcr({text.data(), comma == std::string_view::npos ? text.size() : comma}));
    if ((pcrs >> pcr & 1) != 0) return Error(ErrorCode::kMalformed, kWhere);
    pcrs |= 1U << pcr;
    if (comma == std::string_view::npos) return pcrs;
    text.remove_prefix(comma + 1);
  }
  return Error(ErrorCode::kMalformed, kWhere);
}

bool IsPath(std::string_view text) {
  if (text.empty() || text.front() != '/') return false;
  for (const char c : text) {
    if (c < 0x21 || c > 0x7e) return false;
  }
  return true;
}

}  // namespace

Result<AnchorChoice> ParseAnchorChoice(std::string_view text) {
  if (text == "software") return AnchorChoice();
  constexpr std::string_view kTpm2 = "tpm2";
  if (!text.starts_with(kTpm2)) return Error(ErrorCode::kUnsupported, kWhere);
  text.remove_prefix(kTpm2.size());
  AnchorChoice choice{
      .kind = AnchorKind::kTpm2, .tpm = InlineString<107>::Truncated(kDefaultTpm), .pcrs = kDefaultPcrs};
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    EK_TRY_ASSIGN(choice.pcrs, ParsePcrs(From(text, at + 1)));
    text.remove_suffix(text.size() - at);
  }
  if (text.empty()) return choice;
  if (text.front() != ':' || !IsPath(From(text, 1))) return Error(ErrorCode::kMalformed, kWhere);
  EK_TRY_ASSIGN(choice.tpm, InlineString<107>::From(From(text, 1)));
  return choice;
}

}  // namespace edgekeep::formats
