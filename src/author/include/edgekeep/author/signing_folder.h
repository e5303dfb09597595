// SigningFolder: one file of release metadata on its way through many hands (spec/release-metadata.md §3).
#pragma once
#include <string>
#include <vector>

#include "edgekeep/author/release_keys.h"
#include "edgekeep/release/holders.h"

namespace edgekeep::author {

// Which classes of algorithms every holder signs in: crypto::Class.
inline constexpr std::array<std::uint8_t, 2> kReleaseClasses = {static_cast<std::uint8_t>(crypto::Class::kClassical),
                                                                static_cast<std::uint8_t>(crypto::Class::kPostQuantum)};

// The folder: content.json, whose signatures are empty, and signed/HOLDER-DIGEST.json with what each holder signed.
// Every act adds a file of its own under a name that its bytes give: whoever copies two copies of a folder together, in
// any order and as often as wanted, has the signatures of both; nothing is ever rewritten.
class SigningFolder {
 public:
  // Makes the folder; `files` are further ones for it, by name.
  struct NamedFile {
    std::string name;
    std::string bytes;
  };

  static Done Create(const std::string& path, const json::Object& content, const std::vector<NamedFile>& files = {});
  static Outcome<SigningFolder> Open(const Context& context, const std::string& path);

  const std::string& path() const noexcept { return path_; }

  // {"signatures": [], "signed": …}
  const std::string& content_text() const noexcept { return text_; }

  // SHA-256 over the canonical form of what is signed.
  const Digest& digest() const noexcept { return digest_; }

  const std::string& role() const noexcept { return role_; }

  std::uint64_t version() const noexcept { return version_; }

  // Signs in every class. Whoever has signed before adds a second file of the same worth.
  Done Sign(const Context& context, const ReleaseKeys& keys) const;

  // The file with every signature that a key of one of `roots` rightly made, one of each key. Files in signed/ that are
  // none, or are about something else, are passed over: a stranger's file holds up nobody.
  Outcome<std::string> Assemble(const Context& context, const std::vector<std::string>& roots) const;

 private:
  SigningFolder() = default;

  std::string path_;
  std::string text_;
  Digest digest_;
  std::string role_;
  std::uint64_t version_ = 0;
};

// Signs `content` at once: for the roles of services.
Outcome<std::string> SignMetadata(const Context& context, const json::Object& content, const ReleaseKeys& keys);

}  // namespace edgekeep::author
