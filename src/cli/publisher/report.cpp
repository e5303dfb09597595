#include <cstdio>

#include "edgekeep/base/printable.h"
#include "edgekeep/json/text.h"
#include "session.h"
#include "times.h"

namespace edgekeep::cli::publisher {
namespace {

bool Print(std::FILE* file, const std::string& text) {
  return std::fputs(text.c_str(), file) >= 0 && std::fputc('\n', file) != EOF && std::fflush(file) == 0;
}

std::string OneLine(std::string text) {
  ShowInOneLine(text);
  return text;
}

std::string Lines(std::string text) {
  ShowInLines(text);
  return text;
}

}  // namespace

author::Done Report::Tell(const std::string& text, const json::Object& object) const {
  if (Print(stdout, json_ ? json::Write(object) : Lines(text))) return {};
  return author::Failure{ErrorCode::kIo, "cannot write the result", "standard output", "check where it goes"};
}

void Report::FailUsage(const std::string& what) {
  Print(stderr, OneLine("edgekeep: " + what + ": command line: see --help"));
}

void Report::Warn(const std::string& text) const {
  Print(stderr, OneLine("edgekeep: warning: " + text));
}

void Report::Note(const std::string& text) const {
  Print(stderr, OneLine(FormatTime(Now()) + " " + text));
}

void Report::Fail(const author::Failure& failure) const {
  Print(stderr, OneLine("edgekeep: " + failure.what + ": " + failure.where + ": " + failure.advice));
  if (!json_) return;
  json::Object error;
  error.Set("code", NameOf(failure.code)).Set("what", failure.what).Set("where", failure.where);
  error.Set("advice", failure.advice);
  json::Object object;
  object.Set("error", std::move(error));
  Print(stdout, json::Write(object));
}

}  // namespace edgekeep::cli::publisher
