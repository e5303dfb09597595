// A server that answers as the input says: good files, cut ones, changed ones, others' files, nothing. The client ends,
// and what it leaves in its store says nothing but what was signed for a file of the good server.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "edgekeep/base/check.h"
#include "edgekeep/base/reader.h"
#include "edgekeep/json/document.h"
#include "fixture/device.h"

namespace edgekeep::release::fixture {
namespace {

// Versions 1 to 3 of everything, a rotated root, a delegated role.
const Repository& TheRepository() {
  static const Repository repository = [] {
    Repository made;
    made.delegations["targets"] = {{"role", {"*"}}};
    made.targets["role"]["x"] = "y";
    made.PublishTargets("role");
    made.PublishAll();
    const Key next = NewKey("root-2");
    made.signers["root"] = {made.keys["root"][0], next};
    made.keys["root"] = {next};
    made.PublishRoot();
    made.PublishAll();
    return made;
  }();
  return repository;
}

std::vector<std::string> TheFiles() {
  std::vector<std::string> files;
  Repository copy = TheRepository();
  for (const auto& [name, bytes] : copy.files()) files.push_back(bytes);
  return files;
}

std::string SignedPartOf(const std::string& file) {
  const auto document = json::Document::Parse(AsBytes(file), {.max_bytes = file.size()});
  EK_CHECK(document);
  const auto canonical = json::Canonical(document->root().Find("signed"));
  EK_CHECK(canonical);
  return std::string(AsText(canonical->view()));
}

// White space, the spelling of hexadecimal and signatures that nobody needed may differ.
bool IsGenuine(const std::string& stored) {
  static const std::vector<std::string> genuine = [] {
    std::vector<std::string> parts;
    for (const std::string& file : TheFiles()) parts.push_back(SignedPartOf(file));
    return parts;
  }();
  return std::ranges::find(genuine, SignedPartOf(stored)) != genuine.end();
}

std::string Answer(Reader& input, const std::string& name, Repository& repository) {
  static const std::vector<std::string> files = TheFiles();
  const auto file = repository.files().find(name);
  std::string bytes = file != repository.files().end() ? file->second : "";
  const auto how = input.ReadU8();
  const auto where = input.ReadU16LittleEndian();
  if (!how || !where || bytes.empty()) return bytes;
  switch (*how % 5) {
    case 1:
      return bytes.substr(0, *where % bytes.size());
    case 2:
      bytes[*where % bytes.size()] = static_cast<char>(bytes[*where % bytes.size()] ^ (*how | 1));
      return bytes;
    case 3:
      return files[*where % files.size()];
    case 4:
      return "";
    default:
      return bytes;
  }
}

void Run(ByteView bytes) {
  Repository repository = TheRepository();
  MemoryStore store;
  EK_CHECK(Initialise(TestProvider(), store, AsBytes(repository.root(1))));
  auto client = Client::Open({.provider = TestProvider(), .store = store, .now = kNow}).value();
  Reader input(bytes);
  int num_files = 0;
  const auto serve = [&](Result<Progress> progress) {
    while (progress && *progress == Progress::kNeedsFile) {
      EK_CHECK(++num_files < 64);
      const std::string answer = Answer(input, client->wanted().name.c_str(), repository);
      progress = answer.empty() ? client->TakeNotFound() : client->TakeFile(AsBytes(answer));
    }
    return progress.has_value();
  };
  if (serve(client->Refresh())) static_cast<void>(serve(client->FindTarget("x")));
  for (const auto& [name, stored] : store.files) EK_CHECK(IsGenuine(stored));
}

}  // namespace
}  // namespace edgekeep::release::fixture

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  edgekeep::release::fixture::Run({data, size});
  return 0;
}
