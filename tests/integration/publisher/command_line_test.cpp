// What every command promises: exit codes, one line for an error, JSON for machines, the whole path from keys to
// licence.
#include <fstream>

#include "edgekeep/json/text.h"
#include "workbench.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

class CommandLine : public Workbench {
 protected:
  // The one JSON object that `outcome` has on standard output.
  json::Value JsonOf(const Outcome& outcome) {
    auto parsed = json::Parse(outcome.out);
    EXPECT_TRUE(parsed) << outcome.out << outcome.err;
    return parsed ? *parsed : json::Value(json::Object());
  }

  std::string TextIn(const json::Value& value, std::string_view key) {
    const json::Value* found = (*value.AsObject())->Find(key);
    EXPECT_NE(found, nullptr) << key;
    return found != nullptr ? std::string(found->AsText().value_or("")) : "";
  }
};

TEST_F(CommandLine, GoesFromKeysToALicence) {
  const fs::path sealed = publisher().Seal(Model(), "acme/label-ocr", 3);
  const fs::path grant = publisher().Grant(sealed);
  const fs::path licence = publisher().Licence(DeviceRequest(), "acme/label-ocr", {"--expires", "2090-01-31"});
  EXPECT_GT(fs::file_size(grant), 3000U);
  const Outcome shown = Bare({"licence", "show", licence, "--trust", publisher().trust_bundle()});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_NE(shown.out.find("2090-02-01T00:00:00Z"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("Signed by licensor of publisher acme"), std::string::npos) << shown.out;
  const Outcome inspected = Bare({"inspect", sealed, "--trust", publisher().trust_bundle()});
  EXPECT_EQ(inspected.exit_code, 0) << inspected.err;
  EXPECT_NE(inspected.out.find("3.0 (sequence 3)"), std::string::npos) << inspected.out;
  EXPECT_NE(inspected.out.find("Only the licensor and licensed devices can read"), std::string::npos);
}

TEST_F(CommandLine, AnswersMachinesInJson) {
  const fs::path sealed = directory_ / "a.eks";
  std::vector<std::string> seal = SealArguments(Model(), sealed);
  seal.emplace_back("--json");
  const json::Value report = JsonOf(Bare(seal));
  EXPECT_EQ(TextIn(report, "product"), "acme/label-ocr");
  EXPECT_EQ(TextIn(report, "id").size(), 64U);

  const json::Value seen = JsonOf(Bare({"inspect", sealed, "--json"}));
  EXPECT_FALSE((*seen.AsObject())->Find("verified")->AsBool().value());
  const json::Value trusted = JsonOf(Bare({"inspect", sealed, "--json", "--trust", publisher().trust_bundle()}));
  EXPECT_EQ(TextIn(*(*trusted.AsObject())->Find("verified"), "publisher"), "acme");

  const json::Value shown = JsonOf(Bare({"publisher", "show", "--publisher", publisher().directory(), "--json"}));
  EXPECT_EQ(TextIn(shown, "fingerprint"), TextIn(*(*trusted.AsObject())->Find("verified"), "fingerprint"));
}

// An unset variable of a script's would leave out what is to be demanded.
TEST_F(CommandLine, AnOptionThatWasGivenAnEmptyTextIsWrongUsage) {
  const std::vector<std::vector<std::string>> unset = {
      {"attest", "verify", "e.ekv", "--challenge", "c.ekc", "--enrolment", "d.eke", "--policy", ""},
      {"inspect", "a.eks", "--trust", ""},
      {"publisher", "show", "--publisher", ""}};
  for (std::vector<std::string> words : unset) {
    const Outcome refused = Bare(words);
    EXPECT_EQ(refused.exit_code, 2) << words[0];
    EXPECT_NE(refused.err.find(*(words.end() - 2) + ": an empty text"), std::string::npos) << refused.err;
    words.back() = "x";
    EXPECT_EQ(Bare(words).exit_code, 1) << "control: " << words[0];
  }
}

TEST_F(CommandLine, SealsAPolicyAndShowsIt) {
  const fs::path policy = directory_ / "policy.json";
  std::ofstream(policy) << R"({"threads": 2, "licence_end": "stop"})";
  const fs::path sealed = directory_ / "a.eks";
  std::vector<std::string> seal = SealArguments(Model(), sealed);
  seal.insert(seal.end(), {"--policy", policy});
  EXPECT_EQ(Bare(seal).exit_code, 0);
  const Outcome shown = Bare({"inspect", sealed, "--trust", publisher().trust_bundle()});
  EXPECT_NE(shown.out.find("policy      threads 2, licence_end stop"), std::string::npos) << shown.out;
  const json::Value seen = JsonOf(Bare({"inspect", sealed, "--json"}));
  const json::Value open = *(*seen.AsObject())->Find("public");
  EXPECT_EQ(TextIn(*(*open.AsObject())->Find("policy"), "licence_end"), "stop");
}

TEST_F(CommandLine, NamesTheFieldOfAPolicyThatIsWrong) {
  const fs::path policy = directory_ / "policy.json";
  std::ofstream(policy) << R"({"threads": 2, "licence_end": "never"})";
  std::vector<std::string> seal = SealArguments(Model(), directory_ / "a.eks");
  seal.insert(seal.end(), {"--policy", policy});
  const Outcome refused = Bare(seal);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("'licence_end' must be one of finish, degrade, stop"), std::string::npos) << refused.err;
  EXPECT_FALSE(fs::exists(directory_ / "a.eks"));
}

TEST_F(CommandLine, WritesAndShowsOperationsPolicies) {
  const fs::path json = directory_ / "operations.json";
  const auto write = [&](const char* text, const std::string& name) {
    std::ofstream(json) << text;
    return Bare({"policy", "operations", "write", json, "-o", directory_ / name});
  };
  const char* const first = R"({"version": 1, "authority": "acme", "isolation_floor": "vm", "threads": 2})";
  EXPECT_EQ(write(first, "1.ekop").exit_code, 0);
  EXPECT_EQ(write(first, "1.ekop").exit_code, 1) << "nothing is written over";
  EXPECT_EQ(write(first, "1.json").exit_code, 2);
  EXPECT_EQ(write(R"({"version": 2, "authority": "acme", "exports": false})", "2.ekop").exit_code, 0);
  const Outcome shown =
      Bare({"policy", "operations", "show", directory_ / "2.ekop", "--before", directory_ / "1.ekop"});
  for (const char* line : {"operations policy 2 of acme", "of every product: no exports",
                           "DEMANDS LESS: isolation floor of every product: process, was vm"}) {
    EXPECT_NE(shown.out.find(line), std::string::npos) << shown.out;
  }
  const char* const far = R"({"version": 1001, "authority": "acme"})";
  EXPECT_EQ(write(far, "1001.ekop").exit_code, 1) << "no device takes it as its first";
  std::ofstream(json) << far;
  const fs::path before = directory_ / "1.ekop";
  EXPECT_EQ(Bare({"policy", "operations", "write", json, "-o", directory_ / "1001.ekop", "--before", before}).exit_code,
            0);
  const Outcome refused = write(R"({"version": 3, "authority": "acme", "isolation_floor": "walls"})", "3.ekop");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("'isolation_floor' must be one of process, vm, trustzone"), std::string::npos);
  EXPECT_EQ(Bare({"policy", "operations", "show", json}).exit_code, 1);
}

TEST_F(CommandLine, TellsMachinesOfFailuresToo) {
  const Outcome outcome = Bare({"inspect", directory_ / "missing.eks", "--json"});
  EXPECT_EQ(outcome.exit_code, 1);
  const json::Value error = *(*JsonOf(outcome).AsObject())->Find("error");
  EXPECT_EQ(TextIn(error, "code"), "not-found");
  EXPECT_FALSE(TextIn(error, "advice").empty());
}

TEST_F(CommandLine, SaysWrongUsageInOneLine) {
  ExpectWrongUsage(Bare({}));
  ExpectWrongUsage(Bare({"frobnicate"}));
  ExpectWrongUsage(Bare({"publisher"}));
  ExpectWrongUsage(Bare({"publisher", "init"}));
  ExpectWrongUsage(Bare({"publisher", "init", directory_ / "p", "--name", "x", "--profile", "best"}));
  ExpectWrongUsage(Bare({"publisher", "init", directory_ / "p", "--name", "x", "--key-file-memory", "18"}));
  ExpectWrongUsage(Bare({"publisher", "init", directory_ / "p", "--name", "x", "--key-file-passes", "1"}));
  ExpectWrongUsage(Bare({"seal", "x", "--product", "a/b", "--version-sequence", "1", "--version", "1", "-o", "y",
                         "--key-file-memory", "19"}));
  ExpectWrongUsage(Bare({"seal", "x.onnx"}));
  for (const char* number : {"-1", "010", "0x10", "1.0", " 1", "", "18446744073709551616"}) {
    ExpectWrongUsage(
        Bare({"seal", "x", "--product", "a/b", "--version-sequence", number, "--version", "1", "-o", "y"}));
  }
  ExpectWrongUsage(Bare({"grant"}));
  ExpectWrongUsage(Bare({"grant", "x", "-o", "y", "--epoch", "0"}));
  ExpectWrongUsage(Bare({"licence"}));
  ExpectWrongUsage(Bare({"licence", "issue", "--device", "d", "--product", "a/b", "-o", "l", "--isolation", "none"}));
  ExpectWrongUsage(Bare({"licence", "issue", "--device", "d", "--product", "a/b", "-o", "l", "--days", "0"}));
  ExpectWrongUsage(Bare(
      {"licence", "issue", "--device", "d", "--product", "a/b", "-o", "l", "--days", "3", "--expires", "2090-01-01"}));
  ExpectWrongUsage(Bare({"seal", "x", "--product", "a/b", "--version-sequence", "1", "--version", "1", "-o", "y",
                         "--passphrase", "secret on the command line"}));
}

TEST_F(CommandLine, HelpsEverywhere) {
  const std::vector<std::vector<std::string>> commands = {
      {},        {"publisher"}, {"publisher", "init"}, {"publisher", "show"}, {"publisher", "new-epoch"}, {"seal"},
      {"grant"}, {"inspect"},   {"licence"},           {"licence", "issue"},  {"licence", "show"}};
  for (std::vector<std::string> command : commands) {
    command.emplace_back("--help");
    const Outcome outcome = Bare(command);
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.out.find("--json"), std::string::npos) << outcome.out;
    EXPECT_TRUE(outcome.err.empty()) << outcome.err;
  }
}

TEST_F(CommandLine, SaysNothingOnStandardErrorWhenAllIsWell) {
  const Outcome outcome = Bare(SealArguments(Model(3 << 20), directory_ / "a.eks"));
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_TRUE(outcome.err.empty()) << outcome.err;
}

TEST_F(CommandLine, FailsWhenItsResultCannotBeWritten) {
  const Outcome outcome =
      RunProgram({"/bin/sh", "-c", R"("$0" inspect --help >/dev/full; "$0" publisher show --publisher "$1" >/dev/full)",
                  Binary("edgekeep-publisher"), publisher().directory()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("cannot write the result"), std::string::npos) << outcome.err;
}

// Whoever may list processes sees arguments and environments; neither holds a passphrase or a key.
TEST_F(CommandLine, ReadsThePassphraseFromADescriptor) {
  const fs::path output = directory_ / "a.eks";
  const Outcome outcome = RunProgram(
      {"/bin/sh", "-c",
       R"(exec "$0" seal "$1" --product acme/label-ocr --version-sequence 1 --version 1 -o "$2" )"
       R"(--publisher "$3" --passphrase-fd 7 7<"$4")",
       Binary("edgekeep-publisher"), Model(), output, publisher().directory(), publisher().passphrase_file()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(fs::exists(output));
}

TEST_F(CommandLine, BeginsANewEpochThatLaterGrantsAreIn) {
  Publisher own("acme");
  const fs::path sealed = own.Seal(Model(), "acme/label-ocr");
  own.Grant(sealed);
  const Outcome begun = own.Command({"publisher", "new-epoch", "--product", "acme/label-ocr"});
  EXPECT_EQ(begun.exit_code, 0) << begun.err;
  const Outcome granted = own.Command({"grant", sealed, "-o", directory_ / "g2.ekg", "--json"});
  EXPECT_EQ((*JsonOf(granted).AsObject())->Find("epoch")->AsUnsigned().value(), 2U);
  EXPECT_EQ(own.Command({"grant", sealed, "-o", directory_ / "g1.ekg", "--epoch", "1"}).exit_code, 0);
}

}  // namespace
}  // namespace edgekeep::test
