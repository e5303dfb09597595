// What the contents of log entries have in common.
#pragma once
#include "edgekeep/formats/log_entry.h"
#include "fields.h"

namespace edgekeep::formats {

std::string_view LogContentType(LogContentKind kind);

// Enters a content's map and takes its type.
Result<FieldReader> EnterLogContent(LogContentKind kind, ByteView content, CborReader& in);
// `num_fields` without the type.
Result<FieldWriter> BeginLogContent(LogContentKind kind, std::size_t num_fields, CborWriter& out);

// 1 to kMaxLogText bytes without control characters: it is shown to people.
Status CheckLogText(std::string_view text);
// [a-z0-9-]{1,63}.
Status CheckLogName(std::string_view name);
Status EndLogContent(const FieldReader& fields, const CborReader& in);

}  // namespace edgekeep::formats
