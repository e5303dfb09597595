// An audit's report: in words, as JSON, and as a page.
#pragma once
#include <string>

#include "edgekeep/json/value.h"
#include "edgekeep/log/audit.h"

namespace edgekeep::cli::publisher {

// What the report is about.
struct AuditedLog {
  std::string origin;
  release::log::TreeHead head;
  UnixTime cosigned_at;  // 0: by nobody
};

AuditedLog Audited(const release::log::TrustedCheckpoint& checkpoint);

std::string ToText(const AuditedLog& about, const log::AuditReport& report);
json::Object ToJson(const AuditedLog& about, const log::AuditReport& report);
json::Object ToJson(const log::Concern& concern);
// "entry 7: contradiction: …"
std::string ToText(const log::Concern& concern);

// One HTML file that needs no other, runs no script and loads nothing. Everything that the log holds stands in it as
// text.
std::string ToPage(const AuditedLog& about, const log::AuditReport& report, UnixTime made_at);

}  // namespace edgekeep::cli::publisher
