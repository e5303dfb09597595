#include "submission_client.h"

#include <algorithm>

#include "edgekeep/http/client.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr std::size_t kMaxSubmissionAnswer = 4096;
constexpr std::size_t kMaxShown = 200;
// A log may have much to read that its keeper appended meanwhile.
constexpr std::chrono::seconds kPatience{60};
// Of each statement's size before it.
constexpr std::size_t kFraming = 4;

ErrorCode CodeOf(unsigned status) {
  switch (status) {
    case 403:
      return ErrorCode::kForbidden;
    case 413:
      return ErrorCode::kTooLarge;
    case 429:
      return ErrorCode::kOverRate;
    case 503:
      return ErrorCode::kBusy;
    case 404:
    case 405:
      return ErrorCode::kUnsupported;
    default:
      return status < 500 ? ErrorCode::kMalformed : ErrorCode::kIo;
  }
}

std::string AdviceOn(ErrorCode code) {
  if (code == ErrorCode::kForbidden)
    return "have it signed by whom the log's newest root names, in every class, or tell the log's keeper of the root";
  if (code == ErrorCode::kUnsupported) return "the log there takes nothing: 'log serve --accept' does";
  if (code == ErrorCode::kBusy || code == ErrorCode::kOverRate || code == ErrorCode::kIo)
    return "send it again later: what is there already is not entered twice";
  return "look at what was to be sent";
}

// The first line of what a stranger says, so much of it as anybody reads.
std::string FirstLine(const std::string& text) {
  return text.substr(0, std::min(text.find('\n'), kMaxShown));
}

author::Outcome<log::Submitted> Send(const std::string& url, const std::vector<std::string>& statements,
                                     std::chrono::milliseconds patience) {
  EK_TRY_ASSIGN(const std::string body, author::At(url, log::WriteSubmission(statements)));
  EK_TRY_ASSIGN(const http::Answer answer, author::At(url, http::Post(url, body, kMaxSubmissionAnswer, patience)));
  if (answer.status == 200) return author::At(url, log::ReadSubmitted(answer.body));
  const ErrorCode code = CodeOf(answer.status);
  return author::Failure{code, "the log says " + std::to_string(answer.status) + " " + FirstLine(answer.body), url,
                         AdviceOn(code)};
}

// How many of `statements` from `first` on fit into one submission; one at the least.
std::size_t FittingFrom(const std::vector<std::string>& statements, std::size_t first) {
  std::size_t size = 0;
  std::size_t count = 0;
  while (first + count < statements.size() && count < log::kMaxSubmitted) {
    size += kFraming + statements[first + count].size();
    if (size > log::kMaxSubmission && count > 0) break;
    ++count;
  }
  return count;
}

}  // namespace

author::Outcome<log::Submitted> SubmitTo(const std::string& url, const std::vector<std::string>& statements,
                                         std::chrono::steady_clock::time_point deadline) {
  const std::string place = (url.ends_with('/') ? url.substr(0, url.size() - 1) : url) + log::kSubmissionPath;
  log::Submitted all;
  for (std::size_t first = 0; first < statements.size();) {
    const std::size_t count = FittingFrom(statements, first);
    const auto begin = statements.begin() + static_cast<std::ptrdiff_t>(first);
    const auto left = std::chrono::floor<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    EK_TRY_ASSIGN(const log::Submitted part, Send(place, {begin, begin + static_cast<std::ptrdiff_t>(count)},
                                                  std::min<std::chrono::milliseconds>(left, kPatience)));
    all.added += part.added;
    all.size = part.size;
    first += count;
  }
  return all;
}

}  // namespace edgekeep::cli::publisher
