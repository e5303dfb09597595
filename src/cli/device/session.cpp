#include "session.h"

#include <cstdio>

#include "edgekeep/base/printable.h"
#include "edgekeep/json/text.h"

namespace edgekeep::cli::device {
namespace {

bool Print(std::FILE* file, const std::string& text) {
  return std::fputs(text.c_str(), file) >= 0 && std::fputc('\n', file) != EOF && std::fflush(file) == 0;
}

std::string OneLine(std::string text) {
  ShowInOneLine(text);
  return text;
}

std::string AsLines(std::string text) {
  ShowInLines(text);
  return text;
}

}  // namespace

Done Session::Tell(const std::string& text, const json::Object& object) const {
  if (Print(stdout, json ? json::Write(object) : AsLines(text))) return {};
  return Failure{ErrorCode::kIo, "cannot write the result", "standard output", "check where it goes"};
}

void Session::FailUsage(const std::string& what) {
  Print(stderr, OneLine("edgekeep: " + what + ": command line: see --help"));
}

void Session::Fail(const Failure& failure) const {
  Print(stderr, OneLine("edgekeep: " + failure.what + ": " + failure.where + ": " + failure.advice));
  if (!json) return;
  json::Object error;
  error.Set("code", NameOf(failure.code)).Set("what", failure.what).Set("where", failure.where);
  error.Set("advice", failure.advice);
  json::Object object;
  object.Set("error", std::move(error));
  Print(stdout, json::Write(object));
}

Outcome<app::Client> Session::OpenClient() const {
  app::Expected<app::Client> client = app::Client::Open({.root = root.c_str(), .timeout_ms = timeout_ms});
  if (!client) return Refusal(client.error(), "reaching the keep");
  return *std::move(client);
}

Failure Session::Refusal(const app::Error& error, const std::string& doing) const {
  const auto code = static_cast<ErrorCode>(error.code());
  if (code == ErrorCode::kNotRunning) {
    return {code, "not running", "the keep of " + root, "start edgekeep-spawner, or name another device by --root"};
  }
  const std::string where = error.where().empty() ? "the keep" : std::string(error.where());
  return {code, doing + " failed, " + std::string(error.name()), where, std::string(error.advice())};
}

std::string AnchorText(std::uint32_t anchor) {
  std::string text = ek_anchor_name(anchor);
  if (anchor == EK_ANCHOR_SOFTWARE) text += " (for development only: whoever copies the state directory has the keys)";
  return text;
}

}  // namespace edgekeep::cli::device
