#include "checked_package.h"

#include "edgekeep/model/check.h"

namespace edgekeep::prepare {

Result<engine::Package> ViewCheckedPackage(ByteView plaintext) {
  EK_TRY_ASSIGN(const engine::Package package, engine::ViewPackage(plaintext));
  InlineVector<model::FileBeside, formats::kMaxPackageFiles> beside;
  for (const engine::SideFile& file : package.side_files) EK_TRY(beside.PushBack({file.path, file.bytes.size()}));
  EK_TRY(model::CheckModel(package.model, beside.view()));
  return package;
}

}  // namespace edgekeep::prepare
