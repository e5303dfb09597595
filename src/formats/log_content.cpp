#include "log_content.h"

#include <algorithm>
#include <array>

namespace edgekeep::formats {
namespace {

constexpr std::string_view kEntryType = "edgekeep/log-entry";

constexpr std::array<std::string_view, 10> kTypes = {
    "edgekeep/log/release",      "edgekeep/log/approval",      "edgekeep/log/rejection",    "edgekeep/log/verdict",
    "edgekeep/log/key-ceremony", "edgekeep/log/policy-change", "edgekeep/log/epoch-change", "edgekeep/log/retirement",
    "edgekeep/log/provisioned",  "edgekeep/log/voided"};

Status CheckContentSize(ByteView content) {
  if (content.empty()) return Malformed("log entry: no content");
  return CheckLimit(content, kMaxLogContentSize);
}

}  // namespace

std::string_view LogContentType(LogContentKind kind) {
  return kTypes[std::to_underlying(kind) - 1U];
}

Result<FieldReader> EnterLogContent(LogContentKind kind, ByteView content, CborReader& in) {
  EK_TRY(CheckLimit(content, kMaxLogContentSize));
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(LogContentType(kind)));
  return fields;
}

Result<FieldWriter> BeginLogContent(LogContentKind kind, std::size_t num_fields, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, num_fields + 1));
  EK_TRY(fields.Text(kTypeKey, LogContentType(kind)));
  return fields;
}

Status CheckLogText(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; };
  if (text.empty() || std::ranges::any_of(text, is_control)) return Malformed("log entry: text");
  return text.size() <= kMaxLogText ? Status() : Error(ErrorCode::kTooLarge, "log entry: text");
}

Status CheckLogName(std::string_view name) {
  return IsName(name) ? Status() : Malformed("log entry: name");
}

Status EndLogContent(const FieldReader& fields, const CborReader& in) {
  EK_TRY(fields.End());
  return in.ExpectEnd();
}

Result<LogContentKind> KindOfLogContent(ByteView content) {
  EK_TRY(CheckLimit(content, kMaxLogContentSize));
  CborReader in(content);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY_ASSIGN(const std::string_view type, fields.Text(kTypeKey));
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i] == type) return static_cast<LogContentKind>(i + 1);
  }
  return Error(ErrorCode::kUnsupported, "log entry: type");
}

Result<LogEntry> DecodeLogEntry(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxLogEntrySize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kEntryType));
  LogEntry entry;
  EK_TRY_ASSIGN(entry.logged_at, fields.NumberOf<UnixTime>(1));
  EK_TRY_ASSIGN(entry.content, fields.ByteString(2));
  EK_TRY(EndLogContent(fields, in));
  EK_TRY(CheckTime(entry.logged_at));
  EK_TRY(CheckContentSize(entry.content));
  return entry;
}

Status EncodeLogEntry(const LogEntry& entry, CborWriter& out) {
  EK_TRY(CheckTime(entry.logged_at));
  EK_TRY(CheckContentSize(entry.content));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.Text(kTypeKey, kEntryType));
  EK_TRY(fields.Unsigned(1, entry.logged_at.value));
  return fields.ByteString(2, entry.content);
}

}  // namespace edgekeep::formats
