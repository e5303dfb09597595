#include "target_directory.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <vector>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/descriptor.h"
#include "edgekeep/files/new_file.h"

namespace edgekeep::tuf_client {
namespace {

constexpr std::size_t kLongestName = 200;

// Everything but letters, digits and "-._~" becomes "%XX"; slashes stay where the name is one of a URL.
std::string Encode(std::string_view text, bool keeps_slashes) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos || (c == '/' && keeps_slashes)) {
      encoded += c;
    } else {
      std::array<char, 4> code{};
      std::snprintf(code.data(), code.size(), "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
      encoded += code.data();
    }
  }
  return encoded;
}

}  // namespace

// What is too long for a file's name is named by its digest.
std::string TargetDirectory::PathOf(const release::VerifiedTarget& target, const std::string& suffix) const {
  std::string name = Encode(target.path(), false);
  if (name.size() > kLongestName) {
    const auto digest = crypto::Sha256(provider_, {AsBytes(target.path())});
    name = digest ? ToHex(digest->view()).c_str() : name.substr(0, kLongestName);
  }
  return directory_ + "/" + (suffix.empty() ? "" : ".") + name + suffix;
}

bool TargetDirectory::Has(const release::VerifiedTarget& target) const {
  std::ifstream file(PathOf(target, ""), std::ios::binary);
  auto check = release::TargetCheck::Start(provider_, target);
  if (!file || !check) return false;
  std::vector<char> buffer(std::size_t{1} << 18);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0) {
    if (!check->Update(AsBytes({buffer.data(), static_cast<std::size_t>(file.gcount())}))) return false;
  }
  return check->Finish().has_value();
}

Status TargetDirectory::Fetch(const release::VerifiedTarget& target, const std::string& base_url, Http& http) const {
  // A run that was cut between its last two steps leaves this behind.
  const std::string verified = PathOf(target, ".verified");
  if (::unlink(verified.c_str()) != 0 && errno != ENOENT) return files::FromErrno(errno, "target directory");
  EK_TRY_ASSIGN(files::NewFile file, files::NewFile::Create(verified, files::Access::kPublic));
  EK_TRY_ASSIGN(release::TargetCheck check, release::TargetCheck::Start(provider_, target));
  std::uint64_t offset = 0;
  Status taken;
  const auto take = [&](ByteView bytes) {
    taken = check.Update(bytes);
    if (taken) taken = file.WriteAt(offset, bytes);
    offset += bytes.size();
    return taken.has_value();
  };
  const std::string url = base_url + Encode(target.file_name().view(), true);
  const Status fetched = http.Get(url, {.max_bytes = target.length()}, take);
  EK_TRY(taken);
  EK_TRY(fetched);
  EK_TRY(check.Finish());
  EK_TRY(file.Commit());
  if (std::rename(verified.c_str(), PathOf(target, "").c_str()) != 0)
    return files::FromErrno(errno, "target directory");
  return {};
}

}  // namespace edgekeep::tuf_client
