// edgekeep-keep: the trusted domain of a device as a process. It has no network, no engine and no privilege: keys, the
// decisions over them, and two sockets.
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>

#include "arguments.h"
#include "chosen_anchor.h"
#include "edgekeep/certificates/openssl/owner_certificates.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/crypto/self_test.h"
#include "edgekeep/isolation/process/lock_down.h"
#include "edgekeep/isolation/process/seccomp.h"
#include "edgekeep/isolation/spawner_cell_host.h"
#include "edgekeep/store/directory_store.h"
#include "edgekeep/store/journal_file.h"
#include "edgekeep/store/posix_disk.h"
#include "edgekeep/store/posix_input_files.h"
#include "edgekeep/store/system_clock.h"
#include "harden.h"
#include "posix_memory_file_host.h"
#include "posix_session_host.h"
#include "server.h"
#include "work_thread.h"

namespace edgekeep::keep {
namespace {

constexpr const char* kGroup = "edgekeep";
constexpr std::chrono::seconds kStopTime{3};
// Memory for models of this size is set apart for the cell that is started ahead, and taken only when one is opened.
constexpr std::uint64_t kSpareBytes = std::uint64_t{128} << 20;

Result<std::unique_ptr<crypto::Provider>> TestedProvider() {
  EK_TRY_ASSIGN(std::unique_ptr<crypto::Provider> provider, crypto::NewOpenSslProvider());
  EK_TRY(crypto::SelfTest(*provider));
  return provider;
}

std::optional<std::uint32_t> FindGroup() {
  const group* const found = ::getgrnam(kGroup);
  if (found == nullptr) return std::nullopt;
  return found->gr_gid;
}

gate::Descriptor EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return gate::Descriptor(::signalfd(-1, &signals, SFD_CLOEXEC));
}

bool IsSignalled(int event_fd) {
  pollfd polled{event_fd, POLLIN, 0};
  return ::poll(&polled, 1, 0) > 0;
}

void SayReady(int ready_fd) {
  if (ready_fd < 0) return;
  constexpr std::string_view kReady = "ready\n";
  if (::write(ready_fd, kReady.data(), kReady.size()) < 0) std::fputs("edgekeep-keep: nobody waits\n", stderr);
  ::close(ready_fd);
}

int Refuse(const Error& error) {
  std::fprintf(stderr, "edgekeep-keep: %s: %s (%s)\n", error.where(), NameOf(error.code()), AdviceFor(error.code()));
  return 1;
}

// What this program is: the file that was opened before it was out of reach.
Result<ProgramFacts> FactsOf(const crypto::Provider& provider, const gate::Descriptor& program) {
  if (!program.valid()) return Error(ErrorCode::kIo, "this program's file");
  ProgramFacts facts;
  EK_TRY_ASSIGN(facts.version, InlineString<32>::From(EK_KEEP_VERSION));
  EK_TRY_ASSIGN(const auto hash, provider.NewHash(crypto::AlgorithmId::kSha256));
  std::array<std::uint8_t, 65536> buffer;
  for (;;) {
    const ssize_t size = ::read(program.get(), buffer.data(), buffer.size());
    if (size < 0) return Error(ErrorCode::kIo, "this program's file");
    if (size == 0) break;
    EK_TRY(hash->Update(ByteView(buffer).first(static_cast<std::size_t>(size))));
  }
  EK_TRY(hash->Finish(facts.digest.mutable_view()));
  return facts;
}

Settings SettingsHere(const ProgramFacts& program) {
  Settings settings;
  settings.program = program;
  settings.default_threads = std::clamp(std::thread::hardware_concurrency(), 1U, settings.max_threads);
  return settings;
}

// What ends a keep besides a signal.
struct Ends {
  int spawner = -1;
  int anchor_lost = -1;
};

// Serves until the end. The keep and its cells are gone when this returns.
Result<int> Serve(const World& world, const Settings& settings, const Arguments& arguments,
                  std::optional<std::uint32_t> group, const Ends& ends) {
  const gate::Descriptor ended = EndSignals();
  EK_TRY_ASSIGN(const std::unique_ptr<Keep> keep, Keep::Start(world, settings));
  SessionWatch watch(*keep);
  Server server(*keep, watch, group);
  EK_TRY(server.Listen(arguments.root + "/run/edgekeep"));
  EK_TRY(isolation::AllowOnlyKeepCalls());
  EK_TRY_ASSIGN(const std::unique_ptr<WorkThread> work, WorkThread::Start(*keep));
  world.journal.NoteEvent("listening");
  SayReady(arguments.ready_fd);
  const bool spawner_is_there = server.Run(ended.get(), ends.spawner, ends.anchor_lost);
  if (!spawner_is_there) std::fputs("edgekeep-keep: the spawner is gone\n", stderr);
  // What was confined cannot open it anew; the keep that the spawner starts can.
  const bool anchor_is_lost = IsSignalled(ends.anchor_lost);
  if (anchor_is_lost) std::fputs("edgekeep-keep: the anchor is gone, or was retired\n", stderr);
  const bool asked_to_end = spawner_is_there && !anchor_is_lost;
  // A thread that waits for a cell cannot be called back; the process ends under it, and the kernel takes the memory.
  if (!server.Stop(kStopTime) || !work->Stop(kStopTime)) ::_exit(asked_to_end ? 0 : 1);
  return asked_to_end ? 0 : 1;
}

Result<int> Run(const Arguments& arguments) {
  EK_TRY(Harden());
  const LockedMemory locked = LockSecrets();
  if (locked != LockedMemory::kAll) {
    std::fprintf(stderr, "edgekeep-keep: locked memory: %s (RLIMIT_MEMLOCK allows no more)\n", NameOf(locked));
  }
  // The spawner made the directories. The anchor's lies apart: it stands for silicon, which no copied disk holds.
  const std::string anchor_directory = arguments.root + "/var/lib/edgekeep/anchor";
  const std::string state = arguments.root + "/var/lib/edgekeep/keep";
  const std::string sockets = arguments.root + "/run/edgekeep";
  // Looking a group up reads files that are out of reach from here on.
  const std::optional<std::uint32_t> group = FindGroup();
  EK_TRY_ASSIGN(ReachedAnchor reached, ReachAnchor(anchor_directory));
  const gate::Descriptor program(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  EK_TRY(isolation::LockDownKeepFiles(
      {.state = state.c_str(), .anchor = anchor_directory.c_str(), .sockets = sockets.c_str()}));
  EK_TRY_ASSIGN(const auto provider, TestedProvider());
  EK_TRY_ASSIGN(const ProgramFacts facts, FactsOf(*provider, program));
  EK_TRY_ASSIGN(store::PosixDisk anchor_disk, store::PosixDisk::Open(anchor_directory.c_str()));
  EK_TRY_ASSIGN(store::DirectoryStore anchor_store, store::DirectoryStore::Open(anchor_disk));
  const gate::Descriptor anchor_lost(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!anchor_lost.valid()) return Error(ErrorCode::kIo, "eventfd");
  EK_TRY_ASSIGN(const OpenedAnchor opened, OpenAnchor(std::move(reached), *provider, anchor_store, anchor_lost.get()));
  EK_TRY_ASSIGN(store::PosixDisk disk, store::PosixDisk::Open((state + "/store").c_str()));
  EK_TRY_ASSIGN(store::DirectoryStore store, store::DirectoryStore::Open(disk));
  store::SystemClock clock;
  EK_TRY_ASSIGN(store::JournalFile journal, store::JournalFile::Open(state.c_str(), clock));
  const gate::Descriptor spawner(::fcntl(arguments.spawner_fd, F_DUPFD_CLOEXEC, 0));
  if (!spawner.valid()) return Error(ErrorCode::kBadArgument, "--spawner-fd is no open descriptor");
  EK_TRY_ASSIGN(const auto cells, isolation::SpawnerCellHost::Create(gate::Descriptor(arguments.spawner_fd)));
  if (arguments.spare_cell) EK_TRY(cells->KeepSpare({.memory_bytes = kSpareBytes}));
  store::PosixInputFiles files;
  PosixSessionHost sessions;
  PosixMemoryFileHost memory_files;
  EK_TRY_ASSIGN(const auto certificates, certificates::NewOpenSslCertificates());
  const World world{{*provider, *opened.anchor, clock, *cells, files, sessions, journal, memory_files,
                     opened.endorsement.get(), opened.attestor.get(), certificates.get()},
                    store};
  return Serve(world, SettingsHere(facts), arguments, group,
               {.spawner = spawner.get(), .anchor_lost = anchor_lost.get()});
}

}  // namespace
}  // namespace edgekeep::keep

int main(int count, char** values) {
  const edgekeep::keep::Arguments arguments = edgekeep::keep::ParseArguments(count, values);
  const edgekeep::Result<int> status = edgekeep::keep::Run(arguments);
  if (status) return *status;
  return edgekeep::keep::Refuse(status.error());
}
