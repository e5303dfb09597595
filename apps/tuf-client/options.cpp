#include "options.h"

#include <charconv>

namespace edgekeep::tuf_client {
namespace {

Status ReadSeconds(const std::string& text, std::chrono::seconds& out) {
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 1) {
    return Error(ErrorCode::kBadArgument, "number of seconds");
  }
  out = std::chrono::seconds(seconds);
  return {};
}

std::string AsDirectory(std::string url) {
  if (!url.ends_with('/')) url += '/';
  return url;
}

Status SetOption(const std::string& name, const std::string& value, Options& options) {
  if (name == "--metadata-dir") {
    options.metadata_dir = value;
  } else if (name == "--metadata-url") {
    options.metadata_url = AsDirectory(value);
  } else if (name == "--target-base-url") {
    options.target_base_url = AsDirectory(value);
  } else if (name == "--target-dir") {
    options.target_dir = value;
  } else if (name == "--target-name") {
    options.target_names.push_back(value);
  } else if (name == "--max-time") {
    return ReadSeconds(value, options.max_time);
  } else if (name == "--max-slowness") {
    return ReadSeconds(value, options.max_slowness);
  } else {
    return Error(ErrorCode::kBadArgument, "unknown option");
  }
  return {};
}

Result<Command> CommandNamed(const std::string& name) {
  if (name == "init") return Command::kInit;
  if (name == "refresh") return Command::kRefresh;
  if (name == "download") return Command::kDownload;
  return Error(ErrorCode::kBadArgument, "unknown command");
}

Status CheckComplete(const Options& options, std::size_t num_words) {
  const bool inits = options.command == Command::kInit;
  const bool downloads = options.command == Command::kDownload;
  if (num_words != (inits ? 2U : 1U)) return Error(ErrorCode::kBadArgument, "number of words");
  if (options.metadata_dir.empty()) return Error(ErrorCode::kBadArgument, "--metadata-dir is missing");
  if (!inits && options.metadata_url.empty()) return Error(ErrorCode::kBadArgument, "--metadata-url is missing");
  if (downloads && (options.target_names.empty() || options.target_dir.empty() || options.target_base_url.empty())) {
    return Error(ErrorCode::kBadArgument, "--target-name, --target-dir or --target-base-url is missing");
  }
  return {};
}

}  // namespace

Result<Options> ParseOptions(const std::vector<std::string>& arguments) {
  Options options;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].starts_with("--")) {
      words.push_back(arguments[i]);
      continue;
    }
    if (i + 1 == arguments.size()) return Error(ErrorCode::kBadArgument, "an option's value is missing");
    EK_TRY(SetOption(arguments[i], arguments[i + 1], options));
    ++i;
  }
  if (words.empty()) return Error(ErrorCode::kBadArgument, "no command");
  EK_TRY_ASSIGN(options.command, CommandNamed(words[0]));
  EK_TRY(CheckComplete(options, words.size()));
  if (words.size() == 2) options.trusted_root = words[1];
  return options;
}

}  // namespace edgekeep::tuf_client
