// exec
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "commands.h"
#include "place_names.h"
#include "waiting.h"

namespace edgekeep::cli::device {
namespace {

constexpr const char* kDescription =
    "run a program that can load a model from a file only, with the files of an installed product in plaintext";

constexpr const char* kFooter = R"(In the program's words and in --env values,
  {model}      stands for a file that holds the model
  {file:PATH}  for a file beside it, by its path in the package
The files are memory that nobody can change; the program inherits them as descriptors, and /proc/self/fd/N is their name.

  edgekeep exec acme/label-ocr -- /usr/bin/ocr --model {model} --words {file:words.txt}

The licence must allow it (edgekeep licence issue --allow-export), for this is WEAKER than edgekeep run or libedgekeep:
  the program holds the model in plaintext, and so can its user, whoever may trace it, and every child it starts;
  no cell confines it, and nothing is wiped when it ends, only freed;
  the memory can be swapped out: have no swap, or an encrypted one;
  a licence that ends later, or is revoked, ends nothing that runs.)";

// Ends each word of the program's on its way through CLI11, which would make two words of "[a,b]".
constexpr char kEndOfWord = '\x01';

struct ExecOptions {
  std::string product;
  std::vector<std::string> environment;
  std::vector<std::string> words;
};

Failure WrongArgument(const std::string& what, const std::string& where, const std::string& advice) {
  return {ErrorCode::kBadArgument, what, where, advice};
}

Done CheckNames(const std::string& text) {
  if (text.find("{file:}") == std::string::npos) return {};
  return WrongArgument("a file without a path", text, "write {model}, or {file:PATH}");
}

Outcome<NamedFiles> FilesNamedIn(const ExecOptions& options) {
  NamedFiles files;
  for (const std::string& word : options.words) {
    EK_TRY(CheckNames(word));
    files.AddNamesIn(word);
  }
  for (const std::string& variable : options.environment) {
    if (variable.find('=') == std::string::npos || variable.starts_with('=')) {
      return WrongArgument("no NAME=VALUE", variable, "write --env MODEL={model}");
    }
    EK_TRY(CheckNames(variable));
    files.AddNamesIn(variable);
  }
  if (files.paths().empty()) {
    return WrongArgument("no file is named", options.words.front(), "write {model} where the program wants its path");
  }
  if (files.paths().size() > EK_MAX_EXPORTED) {
    return WrongArgument("too many files are named", options.words.front(), "no package has so many");
  }
  return files;
}

Outcome<std::vector<int>> Export(const Session& session, const std::string& product, const NamedFiles& files) {
  const auto client = session.OpenClient();
  if (!client) return client.error();
  std::vector<const char*> paths;
  for (const std::string& path : files.paths()) paths.push_back(path.c_str());
  std::vector<int> descriptors(paths.size());
  ek_error error;
  const Waiting waiting("decrypting " + product);
  if (ek_export_files(client->get(), product.c_str(), paths.data(), paths.size(), EK_TIMEOUT_DEFAULT,
                      descriptors.data(), &error) != EK_OK) {
    return session.Refusal(app::Error(error), "handing out " + product);
  }
  return descriptors;
}

// This process has nothing else open that outlives exec: only these are inherited.
std::vector<std::string> Inherit(const std::vector<int>& descriptors) {
  std::vector<std::string> places;
  for (const int descriptor : descriptors) {
    ::fcntl(descriptor, F_SETFD, 0);
    places.push_back("/proc/self/fd/" + std::to_string(descriptor));
  }
  return places;
}

Failure Become(const ExecOptions& options, const NamedFiles& files, const std::vector<std::string>& places) {
  for (const std::string& variable : options.environment) {
    const std::size_t equals = variable.find('=');
    ::setenv(variable.substr(0, equals).c_str(), files.Replace(variable.substr(equals + 1), places).c_str(), 1);
  }
  std::vector<std::string> words;
  for (const std::string& word : options.words) words.push_back(files.Replace(word, places));
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(argv.front(), argv.data());
  const ErrorCode code = errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
  return {code, "the program cannot be started", words.front(), std::strerror(errno)};
}

Done Exec(const Session& session, const ExecOptions& options) {
  const auto files = FilesNamedIn(options);
  if (!files) return files.error();
  const auto descriptors = Export(session, options.product, *files);
  if (!descriptors) return descriptors.error();
  return Become(options, *files, Inherit(*descriptors));
}

std::string WithoutEnd(std::string word) {
  if (word.ends_with(kEndOfWord)) word.pop_back();
  return word;
}

}  // namespace

std::vector<std::string> WordsToParse(int argc, const char* const* argv) {
  std::vector<std::string> words;
  if (argc > 0) words.assign(argv + 1, argv + argc);
  const auto programs = std::ranges::find(words, "--");
  if (programs != words.end() && std::find(words.begin(), programs, "exec") != programs) {
    for (auto word = std::next(programs); word != words.end(); ++word) word->push_back(kEndOfWord);
  }
  std::ranges::reverse(words);
  return words;
}

void AddExecCommand(CLI::App& root, const Session& session, Action& action) {
  const auto options = std::make_shared<ExecOptions>();
  CLI::App* exec = root.add_subcommand("exec", kDescription);
  exec->add_option("product", options->product, "publisher/name")->required();
  exec->add_option("--env", options->environment, "NAME=VALUE: a variable of the program's")->allow_extra_args(false);
  exec->add_option("program", options->words, "behind --: the program and its words")->required();
  exec->footer(kFooter);
  exec->callback([&session, &action, options] {
    for (std::string& word : options->words) word = WithoutEnd(std::move(word));
    action = [&session, options] { return Exec(session, *options); };
  });
}

}  // namespace edgekeep::cli::device
