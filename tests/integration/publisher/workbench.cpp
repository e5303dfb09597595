#include "workbench.h"

#include <algorithm>
#include <fstream>

#include "edgekeep/base/hex.h"
#include "edgekeep/json/text.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

std::string TextOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

fs::path Workbench::Model(std::size_t size) const {
  std::vector<std::uint8_t> bytes(size);
  std::uint32_t state = 12345;
  for (std::uint8_t& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  const fs::path path = directory_ / "model.bin";
  WriteFile(path, bytes);
  return path;
}

fs::path Workbench::SparseModel(std::uint64_t size) const {
  const fs::path path = directory_ / "sparse.bin";
  std::ofstream(path).close();
  fs::resize_file(path, size);
  return path;
}

fs::path Workbench::DeviceRequest() const {
  const std::string text = TextOf(SourceDirectory() / "spec/vectors/device-request.json");
  const auto vectors = json::Parse(text);
  EXPECT_TRUE(vectors);
  for (const json::Value& object : **(*vectors->AsObject())->Find("objects")->AsArray()) {
    const json::Object& fields = **object.AsObject();
    if (*fields.Find("kind")->AsText() != "signed-object") continue;
    const std::string_view hex = *fields.Find("hex")->AsText();
    std::vector<std::uint8_t> bytes(hex.size() / 2);
    EXPECT_TRUE(FromHex(hex, bytes));
    WriteFile(directory_ / "device.ekd", bytes);
  }
  return directory_ / "device.ekd";
}

std::vector<std::string> Workbench::SealArguments(const fs::path& model, const fs::path& output) const {
  return {"seal",
          model,
          "--product",
          "acme/label-ocr",
          "--version-sequence",
          "1",
          "--version",
          "1.0",
          "-o",
          output,
          "--publisher",
          publisher().directory(),
          "--passphrase-file",
          publisher().passphrase_file()};
}

Outcome Workbench::Bare(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), Binary("edgekeep-publisher"));
  return RunProgram(arguments);
}

std::vector<std::string> Workbench::EntriesOf(const fs::path& directory) const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

void ExpectRefused(const Outcome& outcome, const std::vector<std::string>& parts) {
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.err.find("edgekeep: "), 0U) << outcome.err;
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  std::size_t separators = 0;
  for (std::size_t at = outcome.err.find(": "); at != std::string::npos; at = outcome.err.find(": ", at + 1)) {
    ++separators;
  }
  EXPECT_GE(separators, 3U) << outcome.err;
  for (const std::string& part : parts)
    EXPECT_NE(outcome.err.find(part), std::string::npos) << part << " in " << outcome.err;
}

void ExpectWrongUsage(const Outcome& outcome) {
  EXPECT_EQ(outcome.exit_code, 2) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.err.find("edgekeep: "), 0U) << outcome.err;
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  EXPECT_TRUE(outcome.out.empty()) << outcome.out;
}

}  // namespace edgekeep::test
