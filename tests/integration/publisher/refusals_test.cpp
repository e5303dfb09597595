// Every refusal of the publisher's commands: exit code 1, one line, nothing made.
#include <sys/stat.h>

#include <fstream>

#include "workbench.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

class Refusals : public Workbench {
 protected:
  fs::path Written(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    const fs::path path = directory_ / name;
    std::ofstream(path, std::ios::binary) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }

  Outcome Init(const std::string& name, const fs::path& passphrase_file) const {
    return Bare({"publisher", "init", directory_ / "new", "--name", name, "--passphrase-file", passphrase_file});
  }

  Outcome Seal(std::vector<std::string> files, const std::string& product = "acme/label-ocr",
               const std::string& version = "1.0") const {
    std::vector<std::string> arguments{"seal"};
    arguments.insert(arguments.end(), files.begin(), files.end());
    arguments.insert(arguments.end(),
                     {"--product", product, "--version-sequence", "1", "--version", version, "-o", output_});
    return publisher().Command(arguments);
  }

  Outcome Issue(const std::vector<std::string>& more, const fs::path& request) const {
    std::vector<std::string> arguments{"licence",   "issue",          "--device", request,
                                       "--product", "acme/label-ocr", "-o",       output_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return publisher().Command(arguments);
  }

  void TearDown() override { EXPECT_FALSE(fs::exists(output_)) << "something was made all the same"; }

  fs::path output_ = directory_ / "output";
};

TEST_F(Refusals, OfInit) {
  const fs::path good = Written("good", "correct horse battery staple\n");
  ExpectRefused(Init("Acme Corp", good), {"no name of a publisher", "Acme Corp", "a-z"});
  ExpectRefused(Init("acme", Written("short", "too short\n")), {"passphrase is too short", "12 characters"});
  ExpectRefused(Init("acme", Written("open", "correct horse battery staple\n", 0644)),
                {"open to other users", "chmod 600"});
  ExpectRefused(Init("acme", Written("empty", "\n")), {"passphrase: empty"});
  ExpectRefused(Init("acme", Written("two", "correct horse\nbattery staple\n")), {"more than one line"});
  ExpectRefused(Init("acme", directory_ / "missing"), {"no such file", "missing"});
  ExpectRefused(Bare({"publisher", "init", publisher().directory(), "--name", "acme", "--passphrase-file", good}),
                {"exists already", "choose another name"});
  ExpectRefused(Bare({"publisher", "init", directory_ / "no/such/place", "--name", "acme", "--passphrase-file", good}),
                {"no such file or directory"});
  EXPECT_FALSE(fs::exists(directory_ / "new"));
}

TEST_F(Refusals, OfSealingWhatCannotBeAPackage) {
  ExpectRefused(Seal({directory_ / "missing.onnx"}), {"no such file", "missing.onnx"});
  ExpectRefused(Seal({directory_.path()}), {"not a regular file"});
  ExpectRefused(Seal({Written("empty.onnx", "")}), {"the model is empty", "empty.onnx"});
  ExpectRefused(Seal({Written("my model.onnx", "x")}), {"cannot stand in a package", "rename it"});
  ExpectRefused(Seal({Model(), directory_ / "missing.txt"}), {"no such file", "missing.txt"});
  ExpectRefused(Seal({Model(), Model()}), {"two files of one name"});
  ExpectRefused(Seal({Model(), Written("model.bin~", "x")}), {"cannot stand in a package"});
}

TEST_F(Refusals, ShowWhatANameHoldsWithoutObeyingIt) {
  ExpectRefused(Seal({directory_ / "red\x1b[31m\nnext: line"}), {"red?[31m?next: line"});
}

TEST_F(Refusals, OfSealingUnderNamesThatAreNone) {
  ExpectRefused(Seal({Model()}, "label-ocr"), {"no name of a product", "publisher/name"});
  ExpectRefused(Seal({Model()}, "globex/label-ocr"), {"another publisher", "begin with 'acme/'"});
  ExpectRefused(Seal({Model()}, "acme/label-ocr", "one point zero"), {"no version", "without space"});
  ExpectRefused(Seal({Model()}, "acme/label-ocr", std::string(33, '1')), {"no version"});
}

TEST_F(Refusals, OfOverwriting) {
  const fs::path mine = Written("mine", "mine");
  ExpectRefused(Bare(SealArguments(Model(), mine)), {"never overwritten", "mine"});
  ExpectRefused(publisher().Command({"grant", publisher().Seal(Model(), "acme/label-ocr"), "-o", mine}),
                {"never overwritten", "mine"});
  ExpectRefused(
      publisher().Command({"licence", "issue", "--device", DeviceRequest(), "--product", "acme/label-ocr", "-o", mine}),
      {"never overwritten", "mine"});
  EXPECT_EQ(ReadFile(mine), (std::vector<std::uint8_t>{'m', 'i', 'n', 'e'}));
}

TEST_F(Refusals, OfAWrongPassphrase) {
  std::vector<std::string> seal = SealArguments(Model(), output_);
  seal.back() = Written("wrong", "incorrect horse battery staple\n");
  ExpectRefused(Bare(seal), {"wrong passphrase", "author-ed25519.ekk"});
}

TEST_F(Refusals, OfAKeyFileThatOthersMayRead) {
  Publisher own("acme");
  fs::permissions(own.directory() / "author-mldsa65.ekk", fs::perms{0640});
  ExpectRefused(
      own.Command({"seal", Model(), "--product", "acme/x", "--version-sequence", "1", "--version", "1", "-o", output_}),
      {"open to other users", "author-mldsa65.ekk", "chmod 600"});
}

TEST_F(Refusals, OfAKeyFileBehindALink) {
  Publisher own("acme");
  fs::rename(own.directory() / "author-ed25519.ekk", own.directory() / "elsewhere");
  fs::create_symlink("elsewhere", own.directory() / "author-ed25519.ekk");
  ExpectRefused(
      own.Command({"seal", Model(), "--product", "acme/x", "--version-sequence", "1", "--version", "1", "-o", output_}),
      {"symbolic link", "author-ed25519.ekk"});
}

TEST_F(Refusals, OfAPlaceWithoutPublisher) {
  ExpectRefused(Bare({"publisher", "show", "--publisher", directory_.path()}), {"no publisher here", "publisher init"});
}

TEST_F(Refusals, OfAskingForAPassphraseWithoutATerminal) {
  std::vector<std::string> arguments{"/usr/bin/setsid", "--wait", Binary("edgekeep-publisher")};
  std::vector<std::string> seal = SealArguments(Model(), output_);
  seal.resize(seal.size() - 2);  // without --passphrase-file
  arguments.insert(arguments.end(), seal.begin(), seal.end());
  ExpectRefused(RunProgram(arguments), {"no terminal", "--passphrase-file"});
}

TEST_F(Refusals, OfGrantingWhatThisPublisherDidNotSeal) {
  Publisher stranger("acme");
  const fs::path sealed = stranger.Seal(Model(), "acme/label-ocr");
  ExpectRefused(publisher().Command({"grant", sealed, "-o", output_}), {"signed by nobody this publisher names"});
  ExpectRefused(publisher().Command({"grant", Model(), "-o", output_}), {"not a file of this kind"});
  const fs::path own = publisher().Seal(Model(), "acme/label-ocr");
  for (const std::uint64_t at : {3ULL, 100ULL, 2000ULL, 4000ULL}) {
    EXPECT_EQ(publisher().Command({"grant", FlippedCopy(own, at), "-o", output_}).exit_code, 1) << at;
  }
  publisher().Grant(own);
  ExpectRefused(publisher().Command({"grant", own, "-o", output_, "--epoch", "2"}), {"no such epoch", "new-epoch"});
}

// Which of the files it was. What is none is refused before anything else is looked at.
TEST_F(Refusals, NameTheFileThatIsNoRootOrPolicy) {
  const fs::path folder = directory_ / "folder";
  const std::string root = R"({"signed": {"_type": "root", "version": 1}, "signatures": []})";
  const std::vector<std::string> commands[] = {
      {"release", "verify", folder},
      {"release", "review", folder, "--repository", folder},
      {"release", "submit", folder, "--log", folder, "--repository", folder},
      {"release", "change-root", "-o", output_},
      {"policy", "show", folder},
      {"policy", "finish", folder, "-o", output_},
  };
  const fs::path junk = Written("junk",
                                "\x84"
                                "junk"),
                 cut = Written("cut", root.substr(0, root.size() / 2));
  for (const std::vector<std::string>& command : commands) {
    for (const fs::path& bad : {Written("empty", ""), cut, Written("list", "[]"), junk}) {
      std::vector<std::string> arguments = command;
      arguments.insert(arguments.end(), {"--root", bad});
      ExpectRefused(Bare(arguments), {"not a file of this kind", bad.string()});
    }
  }
  const std::vector<std::string> of_orders[] = {{"order", "show", folder}, {"order", "finish", folder, "-o", output_}};
  for (std::vector<std::string> command : of_orders) {
    command.insert(command.end(), {"--root", cut, "--policy", junk});
    ExpectRefused(Bare(command), {"not a file of this kind", junk.string()});
  }
  for (const fs::path& bad : {Written("empty", ""), junk}) {
    ExpectRefused(Bare({"policy", "write", "--authority", "acme", "--log-policy", bad, "-o", output_}),
                  {"not a file of this kind", bad.string()});
  }
}

TEST_F(Refusals, OfLicences) {
  const fs::path request = DeviceRequest();
  ExpectRefused(Issue({}, directory_ / "missing.ekd"), {"no such file", "missing.ekd"});
  ExpectRefused(Issue({}, Model()), {"not a file of this kind"});
  ExpectRefused(Issue({}, FlippedCopy(request, fs::file_size(request) - 1)), {"signature is missing or wrong"});
  ExpectRefused(Issue({"--expires", "next year"}, request), {"no date", "2030-01-31"});
  ExpectRefused(Issue({"--expires", "2020-01-31"}, request), {"would end before it begins"});
  ExpectRefused(Issue({"--from-version", "5", "--to-version", "4"}, request), {"first version is after the last"});
  ExpectRefused(publisher().Command({"licence", "issue", "--device", request, "--product", "globex/x", "-o", output_}),
                {"another publisher"});
}

TEST_F(Refusals, OfInspectingWhatIsNone) {
  ExpectRefused(Bare({"inspect", Model()}), {"not a file of this kind"});
  ExpectRefused(Bare({"inspect", "/dev/zero"}), {"not a regular file"});
  ExpectRefused(Bare({"licence", "show", Model()}), {"not a file of this kind"});
  const fs::path sealed = publisher().Seal(Model(), "acme/label-ocr");
  Publisher stranger("acme");
  ExpectRefused(Bare({"inspect", sealed, "--trust", stranger.trust_bundle()}), {"signed by nobody"});
  ExpectRefused(Bare({"inspect", sealed, "--trust", sealed}), {"not a file of this kind"});
}

}  // namespace
}  // namespace edgekeep::test
