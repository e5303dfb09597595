#include <gtest/gtest.h>
#include <unistd.h>

#include "command.h"
#include "edgekeep/json/text.h"

namespace edgekeep::cli::device {
namespace {

std::string TaggedWords() {
  std::string words;
  for (int i = 0; i < 1000; ++i) words += std::string({static_cast<char>(i), static_cast<char>(i / 3), '\x5A', '\x3A'});
  return words;
}

TEST(AuditMemory, FindsTagsInFilesAndFailsThen) {
  const WorkDirectory directory;
  const std::string tagged = directory.Write("tagged", TaggedWords());
  const Output output = Edgekeep({"audit-memory", "--tag", "3a5a", "--path", tagged});
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_EQ(output.err, "");
  EXPECT_TRUE(output.out.ends_with("1000 found in 0 processes and 1 paths\n")) << output.out;
}

TEST(AuditMemory, FindsNothingWhereNothingIs) {
  const WorkDirectory directory;
  directory.Write("clean", std::string(100'000, 'x'));
  const Output output = Edgekeep({"audit-memory", "--tag", "3a5a", "--path", directory.path()});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_TRUE(output.out.ends_with("nothing found in 0 processes and 1 paths\n")) << output.out;
}

TEST(AuditMemory, LooksIntoTheStateOfADevice) {
  const WorkDirectory device;
  std::filesystem::create_directories(device.path() / "var/lib/edgekeep/keep");
  device.Write("var/lib/edgekeep/keep/slot", TaggedWords());
  const Output output = Edgekeep({"--root", device.path(), "--json", "audit-memory", "--tag", "3a5a"});
  EXPECT_EQ(output.exit_code, 1);
  const auto value = json::Parse(output.out);
  ASSERT_TRUE(value) << output.out;
  EXPECT_EQ(value->AsObject().value()->Find("found")->AsUnsigned().value(), 1000U);
}

TEST(AuditMemory, LooksIntoAProcess) {
  const std::string pid = std::to_string(::getpid());
  const Output output = Edgekeep({"audit-memory", "--tag", "00112233445566778899aabbccddeeff", "--pid", pid});
  EXPECT_EQ(output.exit_code, 0) << output.out << output.err;
  EXPECT_TRUE(output.out.starts_with("process " + pid + ": 0 found")) << output.out;
}

TEST(AuditMemory, RefusesWhatCannotBeScanned) {
  const WorkDirectory directory;
  EXPECT_EQ(Edgekeep({"audit-memory", "--tag", "3a5a", "--path", directory.path() / "absent"}).exit_code, 1);
  EXPECT_EQ(Edgekeep({"audit-memory", "--tag", "3a5a", "--pid", "1073741823"}).exit_code, 1);
  EXPECT_EQ(Edgekeep({"audit-memory", "--tag", "hello", "--path", directory.path()}).exit_code, 1);
  const Output nothing = Edgekeep({"--root", directory.path(), "audit-memory", "--tag", "3a5a"});
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_NE(nothing.err.find("nothing to scan"), std::string::npos);
}

}  // namespace
}  // namespace edgekeep::cli::device
