// A publisher, files and a device that the tests of author share.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "edgekeep/author/publisher.h"
#include "edgekeep/author/seal.h"

namespace edgekeep::author {

using Buffer = std::vector<std::uint8_t>;

// A directory of its own for one test.
class Directory {
 public:
  Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory();

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  const std::string& path() const { return path_; }

  // Names of everything in it, hidden files included.
  std::vector<std::string> Entries() const;

 private:
  std::string path_;
};

inline constexpr UnixTime kNow{1'800'000'000};

// Key files as cheap as the format allows.
Context TestContext();
// Waits for nobody.
Context InterruptedContext();
const SecretBytes& TestPassphrase();
// Publisher "acme", made once; tests do not change its files.
const Publisher& TestPublisher();
Outcome<Publisher> NewTestPublisher(const std::string& directory, const std::string& name = "acme",
                                    Profile profile = Profile::kGeneral);

Buffer Pattern(std::size_t size, std::uint8_t seed = 1);
void WriteAll(const std::string& path, const Buffer& bytes);
Buffer ReadAll(const std::string& path);

ProductName Product(std::string_view name = "acme/label-ocr");
SealRequest RequestFor(const std::string& model, const std::string& output);

// The plaintext of a sealed file, opened as a licensor can: signatures, key commitment, every segment, tags digest and
// plaintext MAC checked.
Result<Buffer> OpenAsLicensor(const Publisher& publisher, const std::string& path);

template <typename T>
void ExpectFailure(const Outcome<T>& outcome, ErrorCode code, std::string_view what_part = "") {
  ASSERT_FALSE(outcome.has_value()) << "was accepted";
  EXPECT_STREQ(NameOf(outcome.error().code), NameOf(code)) << outcome.error().what << ": " << outcome.error().where;
  EXPECT_NE(outcome.error().what.find(what_part), std::string::npos) << outcome.error().what;
  EXPECT_FALSE(outcome.error().where.empty());
  EXPECT_FALSE(outcome.error().advice.empty());
}

#define EK_ASSERT_DONE(expr)                                                                            \
  do {                                                                                                  \
    const auto& ek_checked = (expr);                                                                    \
    ASSERT_TRUE(ek_checked.has_value()) << ek_checked.error().what << ": " << ek_checked.error().where; \
  } while (false)

}  // namespace edgekeep::author
