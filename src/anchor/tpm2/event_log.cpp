#include "event_log.h"

#include <algorithm>
#include <array>
#include <utility>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/evidence.h"

namespace edgekeep::anchor {
namespace {

constexpr std::string_view kLogObject = "tpm2-events";
constexpr std::string_view kLogMagic = "EKTPM2E1";
constexpr std::size_t kMaxLogSize = 8 + 1 + ports::kMaxLoggedEvents * (1 + ports::kMaxLoggedEvent);

static_assert(ports::kMaxLoggedEvents == formats::kMaxMeasuredEvents);
static_assert(ports::kMaxLoggedEvent == formats::kMaxMeasuredEventSize);

Result<ports::EventLog> Decode(ByteView stored) {
  Reader in(stored);
  EK_TRY_ASSIGN(const ByteView magic, in.ReadBytes(kLogMagic.size()));
  EK_TRY_ASSIGN(const std::uint8_t count, in.ReadU8());
  if (AsText(magic) != kLogMagic) return Error(ErrorCode::kMalformed, "tpm2: the event log");
  ports::EventLog log;
  for (std::uint8_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const std::uint8_t size, in.ReadU8());
    EK_TRY_ASSIGN(const ByteView event, in.ReadBytes(size));
    EK_TRY(formats::DecodeMeasuredEvent(event));
    EK_TRY(AppendEvent(log, event));
  }
  EK_TRY(in.ExpectEnd());
  return log;
}

Result<Digest> Replay(const crypto::Provider& provider, std::span<const ports::LoggedEvent> events) {
  Digest pcr;
  for (const ports::LoggedEvent& event : events) {
    EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {event.view()}));
    EK_TRY_ASSIGN(pcr, crypto::Sha256(provider, {pcr.view(), digest.view()}));
  }
  return pcr;
}

std::uint8_t KindOf(ByteView event) {
  const Result<formats::MeasuredEvent> decoded = formats::DecodeMeasuredEvent(event);
  return decoded ? decoded->kind : std::uint8_t{0};
}

}  // namespace

ports::EventLog LoadEventLog(ports::Store& store) {
  const Result<Bytes> stored = store.Read(kLogObject, kMaxLogSize);
  if (!stored) return {};
  return Decode(stored->view()).value_or(ports::EventLog());
}

Status StoreEventLog(ports::Store& store, const ports::EventLog& log) {
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(kMaxLogSize));
  Writer out(bytes.mutable_view());
  EK_TRY(out.WriteBytes(AsBytes(kLogMagic)));
  EK_TRY(out.WriteU8(static_cast<std::uint8_t>(log.size())));
  for (const ports::LoggedEvent& event : log) {
    EK_TRY(out.WriteU8(static_cast<std::uint8_t>(event.size)));
    EK_TRY(out.WriteBytes(event.view()));
  }
  return store.Replace(kLogObject, out.written());
}

Status BringUpToDate(const crypto::Provider& provider, const Digest& pcr, ports::EventLog& log) {
  if (pcr == Digest()) {
    log = {};
    return {};
  }
  EK_TRY_ASSIGN(const Digest replayed, Replay(provider, log.view()));
  if (replayed == pcr || log.empty()) return {};
  EK_TRY_ASSIGN(const Digest before, Replay(provider, log.view().first(log.size() - 1)));
  if (before == pcr) log.PopBack();
  return {};
}

bool IsLastOfItsKind(const ports::EventLog& log, ByteView event) {
  for (std::size_t i = log.size(); i > 0; --i) {
    if (KindOf(log[i - 1].view()) == KindOf(event)) return Equal(log[i - 1].view(), event);
  }
  return false;
}

bool IsFull(const ports::EventLog& log) {
  return !log.empty() && KindOf(log[log.size() - 1].view()) == std::to_underlying(formats::MeasuredKind::kMore);
}

Result<Digest> AppendEventOrMore(const crypto::Provider& provider, ports::EventLog& log, ByteView event) {
  std::array<std::uint8_t, formats::kMaxMeasuredEventSize> more;
  CborWriter out(more);
  if (log.size() + 1 == ports::kMaxLoggedEvents) {
    EK_TRY(formats::EncodeMeasuredEvent(
        {.kind = std::to_underlying(formats::MeasuredKind::kMore), .text = "more", .digest = {}}, out));
    event = out.written();
  }
  EK_TRY(AppendEvent(log, event));
  return crypto::Sha256(provider, {event});
}

Status AppendEvent(ports::EventLog& log, ByteView event) {
  ports::LoggedEvent logged;
  if (event.size() > logged.bytes.size()) return Error(ErrorCode::kTooLarge, "tpm2: a measured event");
  std::ranges::copy(event, logged.bytes.begin());
  logged.size = event.size();
  return log.PushBack(logged);
}

}  // namespace edgekeep::anchor
