#include "edgekeep/log/submission.h"

#include <charconv>

#include "edgekeep/base/reader.h"

namespace edgekeep::log {
namespace {

constexpr std::size_t kSizeBytes = 4;

Error Malformed() {
  return Error(ErrorCode::kMalformed, "log: answer to a submission");
}

// "added 3\n" at the front of `text`, as it is written: no other digits for the same number.
Result<std::uint64_t> TakeLine(std::string_view name, std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || !text.starts_with(name)) return Malformed();
  const std::string_view digits = text.substr(name.size(), end - name.size());
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || rest != digits.data() + digits.size()) return Malformed();
  if (digits.size() > 1 && digits.front() == '0') return Malformed();
  text.remove_prefix(end + 1);
  return number;
}

}  // namespace

Result<std::string> WriteSubmission(std::span<const std::string> statements) {
  if (statements.empty()) return Error(ErrorCode::kBadArgument, "log: nothing to submit");
  if (statements.size() > kMaxSubmitted) return Error(ErrorCode::kTooLarge, "log: submission");
  std::string body;
  for (const std::string& statement : statements) {
    if (statement.empty()) return Error(ErrorCode::kBadArgument, "log: empty statement");
    if (kSizeBytes + statement.size() > kMaxSubmission - body.size())
      return Error(ErrorCode::kTooLarge, "log: submission");
    for (unsigned shift = 32; shift > 0; shift -= 8) body += static_cast<char>(statement.size() >> (shift - 8) & 0xffU);
    body += statement;
  }
  return body;
}

Result<std::vector<std::string_view>> ReadSubmission(std::string_view body) {
  if (body.size() > kMaxSubmission) return Error(ErrorCode::kTooLarge, "log: submission");
  Reader in(AsBytes(body));
  std::vector<std::string_view> statements;
  do {
    EK_TRY_ASSIGN(const std::uint32_t size, in.ReadU32BigEndian());
    EK_TRY_ASSIGN(const ByteView statement, in.ReadBytes(size));
    if (statement.empty()) return Error(ErrorCode::kMalformed, "log: empty statement");
    if (statements.size() == kMaxSubmitted) return Error(ErrorCode::kTooLarge, "log: statements of a submission");
    statements.push_back(AsText(statement));
  } while (in.remaining() > 0);
  return statements;
}

std::string WriteSubmitted(const Submitted& submitted) {
  return "added " + std::to_string(submitted.added) + "\nsize " + std::to_string(submitted.size) + "\n";
}

Result<Submitted> ReadSubmitted(std::string_view text) {
  Submitted submitted;
  EK_TRY_ASSIGN(submitted.added, TakeLine("added ", text));
  EK_TRY_ASSIGN(submitted.size, TakeLine("size ", text));
  if (!text.empty() || submitted.added > submitted.size) return Malformed();
  return submitted;
}

}  // namespace edgekeep::log
