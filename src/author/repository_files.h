// Files of a repository as it grows: who writes them in which order is publication's business.
#pragma once
#include "edgekeep/author/publication.h"
#include "metadata_json.h"
#include "replace_public.h"

namespace edgekeep::author {

std::string MetadataPath(const std::string& repository, std::uint64_t version, const char* role);
std::string TimestampPath(const std::string& repository);

// The directories above `path`.
Done MakeDirectories(const std::string& path);

// A publication that was cut short left files behind; the same bytes are no harm, others are.
Done WriteOnce(const std::string& path, const std::string& text);

// That devices take a file of this role (release/limits.h), with `more` bytes of signatures: what they refuse is not to
// be proposed, signed or published.
Done CheckDevicesTake(std::string_view role, const std::string& text, const std::string& place, std::size_t more = 0);

// What one file says about another.
Outcome<json::Object> DescriptionOf(const Context& context, std::uint64_t version, const std::string& file);

struct ServiceFile {
  const char* type;
  const char* described;  // the file that it describes
  std::uint64_t version = 0;
  std::uint64_t seconds = 0;
};

// A file of the snapshot's or the timestamp's role. Fails with kForbidden unless `root` has these keys for it.
Outcome<std::string> SignService(const Context& context, const std::string& root, const ServiceFile& wanted,
                                 const json::Object& description, const ReleaseKeys& services);

}  // namespace edgekeep::author
