// Any bytes as any type of metadata: refused with an error, or a file whose every part can be read. What they say is
// looked at the way the client does: the fuzzer's first byte chooses the type.
#include <cstddef>
#include <cstdint>
#include <optional>

#include "../delegations.h"
#include "../file_name.h"
#include "../hashes.h"
#include "../metadata_file.h"
#include "../signatures.h"
#include "edgekeep/base/check.h"
#include "edgekeep/crypto/openssl/provider.h"

namespace edgekeep::release {
namespace {

const crypto::Provider& TheProvider() {
  static const std::unique_ptr<crypto::Provider> provider = crypto::NewOpenSslProvider().value();
  return *provider;
}

void LookForTargets(const MetadataFile& file) {
  auto sought = SoughtTarget::From(TheProvider(), "some/target", 100'000).value();
  std::size_t next = 0;
  for (int i = 0; i < 100; ++i) {
    const auto delegation = sought.NextDelegation(file, next);
    if (!delegation || !*delegation) return;
    static_cast<void>(EncodeRole((*delegation)->role.view()).has_value());
    static_cast<void>(CheckSigned(TheProvider(), file, (*delegation)->signers).has_value());
  }
}

void Run(ByteView input) {
  if (input.empty()) return;
  const auto type = static_cast<FileType>(input[0] % 4);
  const auto file = MetadataFile::Parse(input.subspan(1), type);
  if (!file) return;
  EK_CHECK(file->version() > 0 && json::Canonical(file->content()));
  if (type == FileType::kRoot) {
    for (const char* role : {"root", "timestamp", "snapshot", "targets"}) {
      const Signers signers = {file->content().Find("keys"), file->content().Find("roles").Find(role)};
      static_cast<void>(CheckSigned(TheProvider(), *file, signers).has_value());
    }
  } else if (type == FileType::kTargets) {
    LookForTargets(*file);
  } else {
    const json::Node meta = file->content().Find("meta");
    const auto description = ReadFileDescription(meta.Find("snapshot.json"));
    if (description) static_cast<void>(CheckDescribed(TheProvider(), *description, input).has_value());
  }
}

}  // namespace
}  // namespace edgekeep::release

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  edgekeep::release::Run({data, size});
  return 0;
}
