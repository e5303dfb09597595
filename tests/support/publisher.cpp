#include "publisher.h"

#include <fstream>

#include "binaries.h"
#include "require.h"

namespace edgekeep::test {

Publisher::Publisher(const std::string& name) {
  std::ofstream(passphrase_file()) << "correct horse battery staple\n";
  std::filesystem::permissions(passphrase_file(), std::filesystem::perms{0600});
  const Outcome init =
      RunProgram({Binary("edgekeep-publisher"), "publisher", "init", directory(), "--name", name, "--passphrase-file",
                  passphrase_file(), "--key-file-memory", "19", "--key-file-passes", "2"});
  Require(init.exit_code == 0, init.err);
}

Publisher& Publisher::Shared() {
  static Publisher publisher;
  return publisher;
}

std::filesystem::path Publisher::Fresh(const std::string& suffix) {
  return files_ / (std::to_string(++counter_) + suffix);
}

Outcome Publisher::Command(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), Binary("edgekeep-publisher"));
  arguments.insert(arguments.end(), {"--publisher", directory(), "--passphrase-file", passphrase_file()});
  return RunProgram(arguments);
}

std::filesystem::path Publisher::Seal(const std::filesystem::path& model, const std::string& product, int sequence,
                                      const std::vector<std::filesystem::path>& beside) {
  const std::filesystem::path sealed = Fresh(".eks");
  std::vector<std::string> arguments = {"seal", model};
  arguments.insert(arguments.end(), beside.begin(), beside.end());
  arguments.insert(arguments.end(), {"--product", product, "--version-sequence", std::to_string(sequence), "--version",
                                     std::to_string(sequence) + ".0", "-o", sealed});
  const Outcome seal = Command(arguments);
  Require(seal.exit_code == 0, seal.err);
  return sealed;
}

std::filesystem::path Publisher::Grant(const std::filesystem::path& sealed) {
  const std::filesystem::path grant = Fresh(".ekg");
  const Outcome outcome = Command({"grant", sealed, "-o", grant});
  Require(outcome.exit_code == 0, outcome.err);
  return grant;
}

std::filesystem::path Publisher::Licence(const std::filesystem::path& request, const std::string& product,
                                         const std::vector<std::string>& terms) {
  const std::filesystem::path licence = Fresh(".lic");
  std::vector<std::string> arguments = {"licence", "issue", "--device", request, "--product", product, "-o", licence};
  arguments.insert(arguments.end(), terms.begin(), terms.end());
  const Outcome outcome = Command(arguments);
  Require(outcome.exit_code == 0, outcome.err);
  return licence;
}

}  // namespace edgekeep::test
