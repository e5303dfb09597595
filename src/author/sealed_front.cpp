#include "sealed_front.h"

#include "edgekeep/files/read_file.h"

namespace edgekeep::author {

Outcome<VerifiedFront> ReadVerifiedFront(const Context& context, const std::string& path,
                                         const formats::TrustBundle& trust) {
  EK_TRY_ASSIGN(files::FileFront file, At(path, files::ReadFront(path, formats::kMaxBodyOffset)));
  EK_TRY_ASSIGN(sealing::VerifiedSeal seal,
                At(path, sealing::VerifySeal(context.provider, file.front.view(), file.file_size, trust)));
  return VerifiedFront{std::move(file.front), std::move(seal)};
}

}  // namespace edgekeep::author
