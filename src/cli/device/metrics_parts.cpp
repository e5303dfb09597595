#include "metrics_parts.h"

#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <ctime>

#include "edgekeep/metrics/exposition.h"
#include "edgekeep/metrics/http/server.h"
#include "status_text.h"
#include "tick.h"
#include "top_figures.h"

namespace edgekeep::cli::device {
namespace {

bool WriteAll(int fd, const void* bytes, std::size_t size) {
  const auto* at = static_cast<const std::uint8_t*>(bytes);
  while (size > 0) {
    const ssize_t written = ::send(fd, at, size, MSG_NOSIGNAL);
    if (written <= 0) return false;
    at += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

bool ReadAll(int fd, void* bytes, std::size_t size) {
  return ::recv(fd, bytes, size, MSG_WAITALL) == static_cast<ssize_t>(size);
}

bool SendText(int line, const std::string& text) {
  const std::uint64_t size = text.size();
  return WriteAll(line, &size, sizeof size) && WriteAll(line, text.data(), text.size());
}

// Empty where the other process is gone.
std::string AskFor(int line) {
  const std::uint8_t now = 1;
  std::uint64_t size = 0;
  if (!WriteAll(line, &now, sizeof now) || !ReadAll(line, &size, sizeof size)) return {};
  std::string text(size, '\0');
  return ReadAll(line, text.data(), text.size()) ? text : std::string();
}

// Nobody where it may not be that one.
const passwd* ServingUser(const std::string& name) {
  const passwd* const user = ::getpwnam(name.c_str());
  return user != nullptr && user->pw_uid != 0 ? user : nullptr;
}

bool Become(const std::string& name) {
  if (::geteuid() != 0) return true;
  const passwd* const user = ServingUser(name);
  if (user == nullptr) return false;
  return ::setgroups(0, nullptr) == 0 && ::setresgid(user->pw_gid, user->pw_gid, user->pw_gid) == 0 &&
         ::setresuid(user->pw_uid, user->pw_uid, user->pw_uid) == 0;
}

bool GiveUpPowers(const std::string& user) {
  constexpr rlimit kFiles{64, 64};
  constexpr rlimit kNone{0, 0};
  return ::chdir("/") == 0 && Become(user) && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::setrlimit(RLIMIT_NOFILE, &kFiles) == 0 && ::setrlimit(RLIMIT_CORE, &kNone) == 0 &&
         ::setrlimit(RLIMIT_FSIZE, &kNone) == 0 && ::setrlimit(RLIMIT_NPROC, &kNone) == 0;
}

}  // namespace

std::string FiguresNow(const Session& session) {
  const auto status = AskStatus(session);
  if (!status) return metrics::ExpositionOfNobody();
  const auto reading = Read(session);
  if (!reading) return metrics::ExpositionOfNobody();
  return metrics::Exposition(**status, *reading->statistics, static_cast<std::uint64_t>(::time(nullptr)));
}

Done CheckServingUser(const std::string& user) {
  if (::geteuid() != 0 || ServingUser(user) != nullptr) return {};
  return Failure{ErrorCode::kNotFound, "no user who may speak HTTP", user, "name one that is there and is not root"};
}

bool AnswerOver(int line, const Session& session) {
  sigset_t ends;
  ::sigemptyset(&ends);
  ::sigaddset(&ends, SIGINT);
  ::sigaddset(&ends, SIGTERM);
  const int signals = ::signalfd(-1, &ends, SFD_CLOEXEC);
  for (;;) {
    pollfd watched[] = {{line, POLLIN, 0}, {signals, POLLIN, 0}};
    if (::poll(watched, 2, -1) < 0) continue;
    std::uint8_t asked = 0;
    if (watched[1].revents != 0 || !ReadAll(line, &asked, sizeof asked) || !SendText(line, FiguresNow(session))) {
      // Taken, or it would come again when signals are no longer blocked.
      signalfd_siginfo taken{};
      const bool ended = watched[1].revents != 0 && ::read(signals, &taken, sizeof taken) > 0;
      ::close(signals);
      return ended;
    }
  }
}

int ServeOver(const ServerEnds& ends, const std::string& user) {
  if (!GiveUpPowers(user)) {
    std::fprintf(stderr, "edgekeep: serving metrics: cannot become the user %s\n", user.c_str());
    return 1;
  }
  const metrics::Page page{"/metrics", metrics::kContentType, [&ends] { return AskFor(ends.line); }};
  return metrics::ServePage(ends.listener, ends.life, page) ? 0 : 1;
}

}  // namespace edgekeep::cli::device
