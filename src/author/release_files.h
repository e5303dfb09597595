// Files of a release: hashed, named, and described as far as anybody can see.
#pragma once
#include "edgekeep/author/proposal.h"
#include "metadata_json.h"

namespace edgekeep::author {

inline constexpr const char* kManifestName = "release.json";

// The last part of a path. Fails for names that no target may have.
Outcome<std::string> TargetNameOf(const std::string& path);

// Hashes the file; `kind` and `about` are from what it is. Sealed files and grants must be of `product`, sealed files
// and operations policies of `version` too; with a trust bundle, signed as it demands.
struct FileExpectation {
  ProductName product;
  Version version;
  std::string trust;
};

Outcome<ReleasedFile> DescribeFile(const Context& context, const std::string& path, const FileExpectation& expected);

// Size and SHA-256 of any file, read once.
struct HashedFile {
  std::uint64_t size = 0;
  Digest sha256;
};

Outcome<HashedFile> HashFile(const Context& context, const std::string& path);

// Copies `from` to a new file, which appears only when its bytes are the expected ones.
Done CopyVerified(const Context& context, const std::string& from, const std::string& to, const HashedFile& expected);

// {"inputs": […], "outputs": […]}, one text for each: "images: float32 [1, 3, ?, ?]".
Outcome<json::Object> InterfaceOf(const std::string& model);

}  // namespace edgekeep::author
