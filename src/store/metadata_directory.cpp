#include "edgekeep/store/metadata_directory.h"

#include <algorithm>

#include "whole_file.h"

namespace edgekeep::store {
namespace {

Status CheckMetadataName(std::string_view name) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_' || c == '~' || c == '%';
  };
  const bool good =
      name.size() <= ports::kMaxMetadataName && name.ends_with(".json") && std::ranges::all_of(name, is_allowed);
  return good ? Status() : Status(Error(ErrorCode::kBadArgument, "name of release metadata"));
}

}  // namespace

Result<Bytes> MetadataDirectory::Read(std::string_view name, std::size_t max_size) {
  EK_TRY(CheckMetadataName(name));
  return ReadWhole(*disk_, name, max_size);
}

Status MetadataDirectory::Replace(std::string_view name, ByteView bytes) {
  EK_TRY(CheckMetadataName(name));
  return ReplaceWhole(*disk_, "", name, bytes);
}

}  // namespace edgekeep::store
