#include <gtest/gtest.h>

#include "command.h"
#include "edgekeep/json/text.h"

namespace edgekeep::cli::device {
namespace {

// On a host whose files say nothing: no users, so process cells cannot run.
TEST(DoctorCommand, FailsAndSaysWhatToDoWhereCellsCannotRun) {
  const WorkDirectory host;
  const Output output = Edgekeep({"--root", host.path(), "doctor"});
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_EQ(output.err, "");
  EXPECT_NE(output.out.find("users            absent   no edgekeep-keep, 0 for cells"), std::string::npos)
      << output.out;
  EXPECT_NE(output.out.find("systemd-sysusers"), std::string::npos);
  EXPECT_NE(output.out.find("fits this host: none yet"), std::string::npos);
  EXPECT_NE(output.out.find("files were looked for below " + host.path().string()), std::string::npos)
      << "not the host's";
  EXPECT_EQ(Edgekeep({"doctor"}).out.find("files were looked for below"), std::string::npos) << "control";
}

TEST(DoctorCommand, AnswersInJson) {
  const WorkDirectory host;
  const Output output = Edgekeep({"--root", host.path(), "--json", "doctor"});
  const auto value = json::Parse(output.out);
  ASSERT_TRUE(value) << output.out;
  const json::Object& object = *value->AsObject().value();
  EXPECT_FALSE(object.Find("process_cells")->AsBool().value());
  EXPECT_GE(object.Find("checks")->AsArray().value()->size(), 15U);
}

// This machine, whatever it offers: the exit code and the words say the same.
TEST(DoctorCommand, ExaminesTheHostItRunsOn) {
  const Output output = Edgekeep({"--json", "doctor"});
  const auto value = json::Parse(output.out);
  ASSERT_TRUE(value) << output.out;
  EXPECT_EQ(output.exit_code == 0, value->AsObject().value()->Find("process_cells")->AsBool().value());
}

}  // namespace
}  // namespace edgekeep::cli::device
