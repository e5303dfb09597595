// The command line, as the TUF conformance suite calls a client.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "edgekeep/base/result.h"

namespace edgekeep::tuf_client {

enum class Command { kInit, kRefresh, kDownload };

struct Options {
  Command command = Command::kRefresh;
  std::string trusted_root;  // init
  std::string metadata_dir;
  std::string metadata_url;  // these end with "/"
  std::string target_base_url;
  std::string target_dir;
  std::vector<std::string> target_names;
  std::chrono::seconds max_time{120};     // for one file of metadata
  std::chrono::seconds max_slowness{20};  // of any file
};

inline constexpr const char* kUsage =
    "usage: tuf-client --metadata-dir DIR init TRUSTED_ROOT\n"
    "       tuf-client --metadata-url URL --metadata-dir DIR refresh\n"
    "       tuf-client --metadata-url URL --metadata-dir DIR --target-name PATH [--target-name PATH...]\n"
    "                  --target-dir DIR --target-base-url URL download\n"
    "options in any order, before or behind the command; --max-time SECONDS bounds the fetch of one metadata file,\n"
    "--max-slowness SECONDS how long a server may send less than a kilobyte a second\n";

// Fails with kBadArgument.
Result<Options> ParseOptions(const std::vector<std::string>& arguments);

}  // namespace edgekeep::tuf_client
