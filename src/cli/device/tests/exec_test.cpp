// exec against a keep of the test's own.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command.h"
#include "edgekeep/gate/export.h"
#include "edgekeep/gate/failure.h"
#include "fixture/fake_keep.h"
#include "place_names.h"

namespace edgekeep::cli::device {
namespace {

TEST(PlaceNames, AreFoundOnceEachAndReplacedEverywhere) {
  NamedFiles files;
  files.AddNamesIn("--words={file:data/w.txt},{model}");
  files.AddNamesIn("{model}{model}");
  EXPECT_EQ(files.paths(), (std::vector<std::string>{"data/w.txt", ""}));
  const std::vector<std::string> places = {"/w", "/m"};
  EXPECT_EQ(files.Replace("--words={file:data/w.txt},{model}", places), "--words=/w,/m");
  EXPECT_EQ(files.Replace("{model}{model}", places), "/m/m");
}

TEST(PlaceNames, LeaveOtherBracesAlone) {
  NamedFiles files;
  for (const char* const text : {"", "{}", "{models}", "{file:", "{file", "{\"a\": {}}", "}{model", "{file:x"}) {
    files.AddNamesIn(text);
    EXPECT_EQ(files.Replace(text, {}), text);
  }
  EXPECT_TRUE(files.paths().empty());
}

TEST(PlaceNames, HaveAPath) {
  const Output output = Edgekeep({"exec", "acme/x", "--", "cat", "{file:}"});
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_EQ(output.err, "edgekeep: a file without a path: {file:}: write {model}, or {file:PATH}\n");
}

class ExecTest : public testing::Test {
 protected:
  // A keep whose every file holds its own path, the model "model".
  void Serve() {
    keep_.ServeApplications([](gate::Channel& connection, const gate::Message& request) {
      const auto wanted = gate::DecodeExportModelRequest(request.frame.body);
      ASSERT_TRUE(wanted);
      std::vector<gate::Descriptor> files;
      std::vector<int> descriptors;
      for (const auto& path : wanted->files) {
        files.push_back(MemoryWith(path.empty() ? "model" : path.view()));
        descriptors.push_back(files.back().get());
      }
      std::vector<std::uint8_t> room(gate::kMaxBodySize);
      CborWriter body(room);
      ASSERT_TRUE(gate::EncodeExportModelAnswer({.version = {{1}, VersionText::Truncated("1.0")}}, body));
      EXPECT_TRUE(connection.Send(gate::Command::kExportModel, request.frame.header.id, body.written(), descriptors));
    });
  }

  static gate::Descriptor MemoryWith(std::string_view contents) {
    gate::Descriptor memory(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    EXPECT_EQ(::write(memory.get(), contents.data(), contents.size()), static_cast<ssize_t>(contents.size()));
    EXPECT_EQ(::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 0);
    return memory;
  }

  Output Exec(std::vector<std::string> words) {
    words.insert(words.begin(), {"--root", keep_.root(), "exec", "acme/fake"});
    return Edgekeep(std::move(words));
  }

  client::FakeKeep keep_;
};

TEST_F(ExecTest, ProgramReadsFilesByTheirNames) {
  Serve();
  const Output output = Exec({"--", "cat", "{model}", "{file:words.txt}", "{model}"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_EQ(output.out, "modelwords.txtmodel");
}

TEST_F(ExecTest, ProgramFindsThemInItsEnvironmentToo) {
  Serve();
  const Output output = Exec({"--env", "MODEL={model}", "--env", "X=a=b", "--", "sh", "-c", "cat $MODEL; echo $X"});
  EXPECT_EQ(output.out, "modela=b\n") << output.err;
}

TEST_F(ExecTest, ProgramKeepsItsOwnOptionsAndExitCode) {
  Serve();
  const Output output = Exec({"--", "sh", "-c", "echo $0 $1 $2; exit 7", "--root", "--json", "{model}"});
  EXPECT_EQ(output.exit_code, 7);
  EXPECT_TRUE(output.out.starts_with("--root --json /proc/self/fd/")) << output.out;
  const Output words = Exec({"--", "printf", "%s|", "[1,3,48]", "", "[]", "[a", "--", "", "{model}"});
  EXPECT_TRUE(words.out.starts_with("[1,3,48]||[]|[a|--||/proc/self/fd/")) << words.out;
}

std::size_t Count(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// Not the connection to the keep, nor anything else of ours.
TEST_F(ExecTest, ProgramInheritsTheFilesAndNothingElse) {
  Serve();
  const Output without = RunProgram("/bin/ls", {"-l", "/proc/self/fd"});
  const Output with = Exec({"--env", "FILES={model}{file:a}{file:b}{file:c}", "--", "/bin/ls", "-l", "/proc/self/fd"});
  EXPECT_EQ(Count(with.out, "/memfd:test"), 4U) << with.out << with.err;
  EXPECT_EQ(Count(with.out, "\n"), Count(without.out, "\n") + 4) << with.out;
}

// Where somebody closed them, a model would be what it reads, and what it prints would be lost in one.
TEST_F(ExecTest, NoFileIsTheProgramsInputOrOutput) {
  Serve();
  const Output output = RunProgram(
      "/bin/sh", {"-c", "exec \"$0\" \"$@\" <&- >&-", EK_EDGEKEEP, "--root", keep_.root(), "exec", "acme/fake", "--",
                  "/bin/sh", "-c", "[ ! -e /proc/self/fd/0 ] && [ ! -e /proc/self/fd/1 ]", "sh", "{model}{file:a}"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
}

TEST_F(ExecTest, FilesCannotBeChanged) {
  Serve();
  const Output output = Exec({"--", "sh", "-c", "echo x > \"$1\"", "sh", "{model}"});
  EXPECT_NE(output.exit_code, 0);
  EXPECT_EQ(Exec({"--", "sh", "-c", "echo x > \"$1\"; cat \"$1\"", "sh", "{model}"}).out, "model");
}

TEST_F(ExecTest, WrongWordsAreRefusedBeforeTheKeepIsAsked) {
  const Output none = Exec({"--", "cat", "model"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_EQ(none.err, "edgekeep: no file is named: cat: write {model} where the program wants its path\n");
  EXPECT_EQ(Exec({"--env", "MODEL", "--", "cat", "{model}"}).err,
            "edgekeep: no NAME=VALUE: MODEL: write --env MODEL={model}\n");
  EXPECT_EQ(Exec({}).exit_code, 2);
}

TEST_F(ExecTest, ProgramThatIsNotThereIsNamed) {
  Serve();
  const Output output = Exec({"--", "/no/such/program", "{model}"});
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_EQ(output.err, "edgekeep: the program cannot be started: /no/such/program: No such file or directory\n");
}

TEST_F(ExecTest, RefusalNamesItself) {
  keep_.ServeApplications([](gate::Channel& connection, const gate::Message& request) {
    std::vector<std::uint8_t> room(gate::kMaxBodySize);
    CborWriter body(room);
    ASSERT_TRUE(
        gate::EncodeFailure(gate::FailureOf(Error(ErrorCode::kForbidden, "licence: does not allow export")), body));
    EXPECT_TRUE(connection.Send(gate::Command::kError, request.frame.header.id, body.written()));
  });
  const Output output = Exec({"--", "cat", "{model}"});
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_EQ(output.out, "");
  EXPECT_TRUE(
      output.err.starts_with("edgekeep: handing out acme/fake failed, forbidden: licence: does not allow export: "))
      << output.err;
}

}  // namespace
}  // namespace edgekeep::cli::device
