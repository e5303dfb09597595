// What stands in the folder of a ceremony: "c" and content.json, or "s" and a file of signed/.
#include <memory>

#include "../root_view.h"
#include "../signed_file.h"
#include "edgekeep/base/check.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/release/release_statement.h"

namespace edgekeep::author {
namespace {

const Context& TheContext() {
  static const std::unique_ptr<crypto::Provider> provider = crypto::NewOpenSslProvider().value();
  static const Context context{.provider = *provider, .now = {}};
  return context;
}

// As ReviewRoot reads it.
void ReadContent(std::string text) {
  const auto content = ParseMetadata(TheContext(), std::move(text), "folder");
  if (!content || !release::ReadMetadataFacts("root", content->bytes())) return;
  const auto roles = ViewRoles(TheContext(), *content, "folder");
  if (!roles) return;
  const auto listed = ListHolders(*roles, *roles);
  EK_CHECK(!listed.empty() && CompareRoots(*roles, *roles).empty());
  for (const ListedHolder& one : listed) EK_CHECK(one.change == HolderChange::kNone && !one.roles.empty());
}

void Run(ByteView input) {
  if (input.empty()) return;
  if (input[0] == 'c') ReadContent(std::string(AsText(input.subspan(1))));
  if (input[0] == 's') EK_CHECK(ReadSignedFile(input.subspan(1)).size() <= input.size());
}

}  // namespace
}  // namespace edgekeep::author

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  edgekeep::author::Run({data, size});
  return 0;
}
