// log serve: a log's public files over HTTP (c2sp.org/tlog-tiles).
#include <algorithm>

#include "http_service.h"
#include "log_commands.h"
#include "log_directory.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr const char* kForEver = "public, max-age=31536000, immutable";

// Letters, digits, and dots only within names: no way up, nothing hidden.
bool IsPublicPath(const std::string& path) {
  if (path == "/checkpoint") return true;
  if (!path.starts_with("/tile/") && !path.starts_with("/statement/")) return false;
  const bool is_plain = std::ranges::all_of(
      path, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '.'; });
  return is_plain && path.find("/.") == std::string::npos && path.find("..") == std::string::npos;
}

http::Answer NotFound() {
  return {.status = 404, .content_type = "text/plain; charset=utf-8", .body = "not here\n", .cache_control = {}};
}

http::Answer Answer(const ReadableLog& opened, const http::Request& request) {
  if (request.method != "GET") {
    return {.status = 405, .content_type = "text/plain; charset=utf-8", .body = "read only\n", .cache_control = {}};
  }
  if (!IsPublicPath(request.path)) return NotFound();
  auto content = opened.storage->Read(opened.prefix + request.path.substr(1), log::kMaxBundleSize);
  if (!content) return NotFound();
  const bool is_checkpoint = request.path == "/checkpoint";
  return {.status = 200,
          .content_type = is_checkpoint ? "text/plain; charset=utf-8" : "application/octet-stream",
          .body = *std::move(content),
          .cache_control = is_checkpoint ? "no-cache" : kForEver};
}

struct LogServeArguments {
  std::string directory;
  ServiceArguments service;
};

author::Done Serve(const Session& session, const LogServeArguments& arguments) {
  EK_TRY_ASSIGN(const ReadableLog opened, OpenReadableLog(arguments.directory));
  return ServeHttp(session, arguments.service,
                   [&opened](const http::Request& request) { return Answer(opened, request); });
}

}  // namespace

void AddLogServeCommand(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("serve", "serve a log's public files over HTTP");
  auto arguments = std::make_shared<LogServeArguments>();
  command->add_option("DIR", arguments->directory, "the log's directory, or an exported one")->required();
  AddServiceOptions(*command, arguments->service);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return Serve(session, *arguments); }; });
}

void AddLogCommands(CLI::App& root, Session& session, Action& action) {
  CLI::App* group = root.add_subcommand("log", "keep, serve, prove and verify a transparency log");
  group->require_subcommand(1);
  AddLogWritingCommands(*group, session, action);
  AddLogCosignCommand(*group, session, action);
  AddLogReadingCommands(*group, session, action);
  AddLogVerifyCommands(*group, session, action);
  AddLogServeCommand(*group, session, action);
}

}  // namespace edgekeep::cli::publisher
