#include "signed_file.h"

#include "edgekeep/json/document.h"

namespace edgekeep::author {

std::vector<ClaimedSignature> ReadSignedFile(ByteView file) {
  std::vector<ClaimedSignature> found;
  const Result<json::Document> document = json::Document::Parse(file, {.max_bytes = kMaxSignedFile});
  if (!document) return found;
  const json::Node list = document->root().Find("signatures");
  for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) {
    const Result<std::string_view> id = list[i].Find("keyid").AsText();
    const Result<std::string_view> hex = list[i].Find("sig").AsText();
    if (id && hex) found.push_back({std::string(*id), std::string(*hex)});
  }
  return found;
}

}  // namespace edgekeep::author
