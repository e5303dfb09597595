// Entries of a log and verdicts in words.
#pragma once
#include <string>

#include "edgekeep/formats/log_entry.h"
#include "edgekeep/log/notary.h"

namespace edgekeep::log {

// "acme/label-ocr stable 1.4 (sequence 7)", "operations policy 3 of acme (stable)"
std::string Title(const formats::ReleaseEntry& entry);

// "one of 2 approvals; approved by erin": details of findings.
std::string Details(const std::vector<Finding>& findings);

std::string Describe(const formats::KeyCeremony& ceremony);
std::string Describe(const formats::PolicyChange& change);
std::string Describe(const formats::EpochChange& change);
std::string Describe(const formats::Retirement& retirement);

}  // namespace edgekeep::log
