// A refresh of release metadata by tuf-client, beside tuf-js and python-tuf on the same repository: processor time of
// the whole process, its start included, as a device pays it once a poll.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <optional>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "binaries.h"
#include "eventually.h"
#include "measurement.h"
#include "program.h"
#include "require.h"
#include "temporary_directory.h"

namespace edgekeep::bench {
namespace {

namespace fs = std::filesystem;
using Command = std::vector<std::string>;

constexpr int kRounds = 9;
constexpr double kTarget = 0.1;
constexpr const char* kPython = "/usr/bin/python3";

double SecondsOf(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// Processor time of one run, which must succeed.
double ProcessorTime(const Command& command) {
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  test::Require(::wait4(pid, &status, 0, &usage) == pid && status == 0, command[0] + " failed");
  return SecondsOf(usage.ru_utime) + SecondsOf(usage.ru_stime);
}

std::string FileText(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The machine's own python3, with whatever it serves noted in `log` until its port is known.
class Server {
 public:
  explicit Server(const fs::path& directory, const fs::path& log)
      : program_(test::Background::Start({kPython, "-u", "-m", "http.server", "0", "--protocol", "HTTP/1.1", "--bind",
                                          "127.0.0.1", "--directory", directory.string()},
                                         log)) {
    const std::regex said("port ([0-9]+)");
    std::smatch found;
    std::string text;
    const bool ready = test::Eventually([&] {
      text = FileText(log);
      return std::regex_search(text, found, said);
    });
    test::Require(ready, "the server says no port");
    url_ = "http://127.0.0.1:" + found[1].str() + "/metadata/";
  }

  const std::string& url() const { return url_; }

 private:
  test::Background program_;
  std::string url_;
};

// One of the clients: how it is called, and the directory it keeps metadata in.
struct Client {
  fs::path directory;
  Command command;
};

// The first root alone, or what an earlier refresh left.
void Prepare(const Client& client, const fs::path& root, bool fresh) {
  if (fresh) fs::remove_all(client.directory);
  fs::create_directories(client.directory);
  if (fresh) fs::copy_file(root, client.directory / "root.json");
}

double Refresh(const Client& client, const fs::path& root, bool fresh) {
  Prepare(client, root, fresh);
  return ProcessorTime(client.command);
}

void Measure() {
  const test::TemporaryDirectory work;
  const fs::path source = test::SourceDirectory() / "tests/integration/tuf";
  const fs::path peers = test::SourceDirectory() / "build/deps/tuf";
  ::setenv("PYTHONPATH", (peers / "python").c_str(), 1);
  ::setenv("NODE_PATH", (peers / "node_modules").c_str(), 1);
  ProcessorTime({kPython, (source / "write_repository.py").string(), (work / "served").string()});
  const fs::path root = work / "served/metadata/1.root.json";
  const Server server(work / "served", work / "server.log");

  const auto in = [&](const char* name) { return (work / name).string(); };
  const Client ours = {
      in("ours"),
      {test::Binary("tuf-client"), "--metadata-dir", in("ours"), "--metadata-url", server.url(), "refresh"}};
  const Client tuf_js = {in("js"), {"node", (source / "refresh.cjs").string(), in("js"), server.url()}};
  const Client python_tuf = {in("python"), {kPython, (source / "refresh.py").string(), in("python"), server.url()}};
  for (const bool fresh : {false, true}) {
    for (const bool is_js : {true, false}) {
      const Client& other = is_js ? tuf_js : python_tuf;
      const std::string name = is_js ? "tuf-js" : "python-tuf";
      Refresh(ours, root, true);
      Refresh(other, root, true);
      const Pair pair = MeasureInTurns(
          kRounds, [&] { return Refresh(ours, root, fresh); }, [&] { return Refresh(other, root, fresh); });
      Print(RatioOf(std::string("CPU of a refresh, ") + (fresh ? "fresh" : "unchanged") + " repository ÷ " + name,
                    name + ", whole process", pair, kTarget));
    }
  }
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  try {
    edgekeep::bench::Measure();
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "release_bench: %s\n", problem.what());
    return 1;
  }
}
