// tuf-client: fetches what release::Client wants. Exit code 0 when everything succeeded, 1 for everything else.
#include <curl/curl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/release/client.h"
#include "edgekeep/store/metadata_directory.h"
#include "edgekeep/store/posix_disk.h"
#include "edgekeep/store/system_clock.h"
#include "http.h"
#include "options.h"
#include "target_directory.h"

namespace edgekeep::tuf_client {
namespace {

// A fault is a failure like any other to who called.
void EndAsFailed(int) {
  ::_exit(1);
}

void CatchFaults() {
  for (const int signal : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTERM, SIGINT, SIGXCPU}) {
    std::signal(signal, EndAsFailed);
  }
  std::signal(SIGPIPE, SIG_IGN);
}

int Report(const Error& error, const char* what) {
  std::fprintf(stderr, "tuf-client: %s: %s (%s)\n", what, NameOf(error.code()), error.where());
  return 1;
}

// One run: where metadata lies, how it comes, what verifies it.
class Run {
 public:
  Run(const Options& options, const crypto::Provider& provider, store::MetadataDirectory& store, Http& http)
      : options_(options), provider_(provider), store_(store), http_(http) {}

  Status Init() {
    EK_TRY_ASSIGN(const Bytes root, files::ReadFile(options_.trusted_root, release::Limits().root_bytes));
    return release::Initialise(provider_, store_, root.view());
  }

  Status Refresh() {
    store::SystemClock clock;
    EK_TRY_ASSIGN(const UnixTime now, clock.Now());
    EK_TRY_ASSIGN(client_, release::Client::Open({.provider = provider_, .store = store_, .now = now}));
    return Serve(client_->Refresh());
  }

  Status Download() {
    EK_TRY(Refresh());
    const TargetDirectory directory(options_.target_dir, provider_);
    for (const std::string& name : options_.target_names) {
      EK_TRY(Serve(client_->FindTarget(name)));
      const release::VerifiedTarget& target = client_->target();
      if (!directory.Has(target)) EK_TRY(directory.Fetch(target, options_.target_base_url, http_));
    }
    return {};
  }

 private:
  // Fetches what the client wants until it wants nothing more.
  Status Serve(Result<release::Progress> progress) {
    while (progress && *progress == release::Progress::kNeedsFile) {
      const release::WantedFile& wanted = client_->wanted();
      const auto file = http_.GetAll(options_.metadata_url + wanted.name.c_str(),
                                     {.max_bytes = wanted.max_size, .max_time = options_.max_time});
      if (file) {
        progress = client_->TakeFile(AsBytes(*file));
      } else if (file.error().code() == ErrorCode::kNotFound) {
        progress = client_->TakeNotFound();
      } else {
        static_cast<void>(client_->TakeFailure());
        return file.error();
      }
    }
    return progress ? Status() : Status(progress.error());
  }

  const Options& options_;
  const crypto::Provider& provider_;
  store::MetadataDirectory& store_;
  Http& http_;
  std::unique_ptr<release::Client> client_;
};

Status Work(const Options& options) {
  EK_TRY_ASSIGN(const auto provider, crypto::NewOpenSslProvider());
  EK_TRY_ASSIGN(store::PosixDisk disk, store::PosixDisk::Open(options.metadata_dir.c_str()));
  store::MetadataDirectory store(disk);
  EK_TRY_ASSIGN(Http http, Http::Open(options.max_slowness));
  Run run(options, *provider, store, http);
  switch (options.command) {
    case Command::kInit:
      return run.Init();
    case Command::kRefresh:
      return run.Refresh();
    case Command::kDownload:
      break;
  }
  return run.Download();
}

int Main(const std::vector<std::string>& arguments) {
  const auto options = ParseOptions(arguments);
  if (!options) {
    std::fputs(kUsage, stderr);
    return Report(options.error(), "command line");
  }
  const Status done = Work(*options);
  return done ? 0 : Report(done.error(), "refused or failed");
}

}  // namespace
}  // namespace edgekeep::tuf_client

int main(int argc, char** argv) {
  edgekeep::tuf_client::CatchFaults();
  try {
    return edgekeep::tuf_client::Main({argv + 1, argv + argc});
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "tuf-client: %s\n", problem.what());
    return 1;
  }
}
