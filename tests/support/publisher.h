// A publisher under test: keys under a passphrase file, driven by its command line.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "program.h"
#include "temporary_directory.h"

namespace edgekeep::test {

// What tests that need some model call it: the one that tells which way up a label is.
inline constexpr const char* kDirectionProduct = "acme/label-direction";

class Publisher {
 public:
  explicit Publisher(const std::string& name = "acme");

  // Argon2id makes key files slow on purpose, even as cheap as the format allows: tests that only need some publisher
  // share this one.
  static Publisher& Shared();

  // `beside`: the files it needs, in the model's directory.
  std::filesystem::path Seal(const std::filesystem::path& model, const std::string& product, int sequence = 1,
                             const std::vector<std::filesystem::path>& beside = {});
  std::filesystem::path Grant(const std::filesystem::path& sealed);
  std::filesystem::path Licence(const std::filesystem::path& request, const std::string& product,
                                const std::vector<std::string>& terms = {});
  // Runs `edgekeep-publisher arguments... --publisher DIR --passphrase-file FILE`.
  Outcome Command(std::vector<std::string> arguments) const;

  std::filesystem::path trust_bundle() const { return directory() / "publisher.ekt"; }

  std::filesystem::path directory() const { return files_ / "publisher"; }

  std::filesystem::path passphrase_file() const { return files_ / "passphrase"; }

  // A file name of its own in a directory of this publisher's.
  std::filesystem::path Fresh(const std::string& suffix);

 private:
  TemporaryDirectory files_;
  int counter_ = 0;
};

}  // namespace edgekeep::test
