// metrics, metrics serve
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "commands.h"
#include "metrics_parts.h"
#include "metrics_socket.h"
#include "tick.h"

namespace edgekeep::cli::device {
namespace {

struct Options {
  std::string socket;
  std::string group;
  std::string user = "edgekeep-agent";
};

Done Print(const Session& session) {
  if (session.json) {
    return Failure{ErrorCode::kUnsupported, "figures for Prometheus are no JSON", "--json",
                   "say `edgekeep --json top --once`"};
  }
  const std::string text = FiguresNow(session);
  if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return {};
  return Failure{ErrorCode::kIo, "writing the metrics failed", "standard output", AdviceFor(ErrorCode::kIo)};
}

// A pair of descriptors: the asking process' and the serving one's.
struct Ends {
  int asking = -1;
  int serving = -1;
};

// `line` carries questions and answers; `life` nothing, it hangs up.
struct Lines {
  Ends line;
  Ends life;
};

std::optional<Lines> MakeLines() {
  int line[2];
  int life[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) != 0 || ::pipe2(life, O_CLOEXEC) != 0) {
    return std::nullopt;
  }
  return Lines{{line[0], line[1]}, {life[1], life[0]}};
}

// Nothing of the asking process is left open in it.
[[noreturn]] void BecomeServer(const Lines& lines, ListeningSocket listener, const std::string& user) {
  ::close(lines.line.asking);
  ::close(lines.life.asking);
  listener.LeaveFile();
  // Ctrl-C reaches both: this one ends with the other.
  ::signal(SIGINT, SIG_IGN);
  std::_Exit(ServeOver({listener.fd(), lines.line.serving, lines.life.serving}, user));
}

Done WhyItEnded(pid_t server, bool asked_to_end) {
  int status = 0;
  ::waitpid(server, &status, 0);
  if (asked_to_end) return {};
  return Failure{ErrorCode::kInternal, "serving metrics failed", "the process that speaks HTTP has ended",
                 AdviceFor(ErrorCode::kInternal)};
}

// Whoever asks for figures waits no longer than this for a keep that does not answer, and so does whoever ends this.
constexpr std::uint32_t kFiguresMs = 5'000;

Done Serve(const Session& given, const Options& options) {
  Session session = given;
  session.timeout_ms = kFiguresMs;
  if (const Done known = CheckServingUser(options.user); !known) return known.error();
  Outcome<ListeningSocket> listener = ListeningSocket::Make(options.socket, options.group);
  if (!listener) return listener.error();
  const std::optional<Lines> lines = MakeLines();
  if (!lines) return Failure{ErrorCode::kIo, "serving metrics failed", "socket", AdviceFor(ErrorCode::kIo)};
  const pid_t server = ::fork();
  if (server < 0) return Failure{ErrorCode::kNoMemory, "serving metrics failed", "process", ""};
  if (server == 0) BecomeServer(*lines, *std::move(listener), options.user);
  ::close(lines->line.serving);
  ::close(lines->life.serving);
  const Tick ends;
  json::Object object;
  object.Set("socket", options.socket);
  const Done told = session.Tell("metrics are served at " + options.socket, object);
  const bool asked_to_end = AnswerOver(lines->line.asking, session);
  ::close(lines->line.asking);
  ::close(lines->life.asking);
  const Done ended = WhyItEnded(server, asked_to_end);
  return told ? ended : told;
}

}  // namespace

void AddMetricsCommand(CLI::App& root, const Session& session, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* metrics = root.add_subcommand("metrics", "figures for Prometheus, once or served on a Unix socket");
  metrics->require_subcommand(0, 1);
  metrics->callback([&session, &action] {
    if (!action) action = [&session] { return Print(session); };
  });
  CLI::App* serve = metrics->add_subcommand("serve", "over HTTP on a Unix socket; ends with Ctrl-C");
  serve->add_option("--socket", options->socket, "where; a file that is no socket is left alone")->required();
  serve->add_option("--group", options->group, "who may connect besides root");
  serve->add_option("--user", options->user, "as whom HTTP is spoken (edgekeep-agent)");
  serve->callback([&session, &action, options] { action = [&session, options] { return Serve(session, *options); }; });
}

}  // namespace edgekeep::cli::device
