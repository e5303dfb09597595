// A log in a directory, for tests that kill who appends: always the same keys, so that every run continues the last.
//   log_appender work DIR          appends three batches and prints how many entries are acknowledged after each
//   log_appender check DIR COUNT   fails unless so many entries are there, whole, and what was published is no fork
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/log/directory_check.h"
#include "edgekeep/log/log.h"
#include "edgekeep/log/tree_reader.h"

namespace {

using namespace edgekeep;
using namespace edgekeep::log;

constexpr int kBatches = 3;
constexpr int kBatchSize = 130;  // the second one crosses the border of a tile
constexpr UnixTime kNow{1790000000};

class FixedKey final : public sealing::SigningKey {
 public:
  FixedKey(const crypto::Provider& provider, crypto::AlgorithmId algorithm)
      : provider_(provider), algorithm_(algorithm), public_key_(provider.PublicKeyOf(algorithm, kSeed).value()) {}

  crypto::AlgorithmId algorithm() const override { return algorithm_; }

  ByteView public_key() const override { return public_key_.view(); }

  Result<Bytes> Sign(ByteView message) const override { return provider_.Sign(algorithm_, kSeed, message); }

 private:
  static constexpr std::array<std::uint8_t, 32> kSeed = {1, 2, 3};
  const crypto::Provider& provider_;
  crypto::AlgorithmId algorithm_;
  Bytes public_key_;
};

std::string ContentOf(std::uint64_t number) {
  const std::string holder = "h" + std::to_string(number);
  std::string content(256, '\0');
  CborWriter out({reinterpret_cast<std::uint8_t*>(content.data()), content.size()});
  static_cast<void>(formats::EncodeApproval({.release = {}, .holder = holder}, out));
  content.resize(out.written().size());
  return content;
}

std::vector<NewEntry> EntriesOf(std::uint64_t first, int count) {
  std::vector<NewEntry> entries;
  for (int i = 0; i < count; ++i) entries.push_back({ContentOf(first + static_cast<std::uint64_t>(i)), {}});
  return entries;
}

int Fail(const char* what, const Error& error) {
  std::fprintf(stderr, "%s: %s (%s)\n", what, NameOf(error.code()), error.where());
  return 1;
}

int Work(const crypto::Provider& provider, Storage& storage, const std::vector<NoteSigner>& signers) {
  auto log = Log::Open(provider, storage, signers);
  if (!log && log.error().code() == ErrorCode::kNotFound) log = Log::Create(provider, storage, signers, kNow);
  if (!log) return Fail("open", log.error());
  for (int i = 0; i < kBatches; ++i) {
    const auto appended = log->Append(EntriesOf(log->head().size, kBatchSize), kNow);
    if (!appended) return Fail("append", appended.error());
    std::printf("%llu\n", static_cast<unsigned long long>(appended->head.size));
    std::fflush(stdout);
  }
  return 0;
}

int Check(const crypto::Provider& provider, Storage& storage, const std::vector<NoteSigner>& signers,
          std::uint64_t count) {
  const auto published = storage.Read("public/checkpoint", release::log::kMaxNoteSize);
  auto log = Log::Open(provider, storage, signers);
  if (!log && count == 0 && !published) return 0;  // it was never made
  if (!log) return Fail("open", log.error());
  if (log->head().size < count) return Fail("lost", Error(ErrorCode::kNotFound, "acknowledged entries"));
  if (const auto more = log->Append(EntriesOf(1000000, 1), kNow); !more) return Fail("append", more.error());
  const auto see = [&](std::uint64_t index, const formats::LogEntry& entry) -> Status {
    const bool is_it = index >= count || AsText(entry.content) == ContentOf(index);
    return is_it ? Status() : Error(ErrorCode::kMalformed, "an acknowledged entry changed");
  };
  if (const Status whole = CheckLogFiles(provider, storage, kPublicPrefix, log->head(), see); !whole) {
    return Fail("files", whole.error());
  }
  if (!published) return count == 0 ? 0 : Fail("published", published.error());
  const auto seen = release::log::ParseCheckpoint(release::log::ParseSignedNote(*published)->text).value();
  TreeReader tree(provider, storage, kPublicPrefix, log->head().size);
  if (seen.size > tree.size() || tree.Root(seen.size).value() != seen.root) {
    return Fail("published", Error(ErrorCode::kUntrusted, "fork"));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const auto provider = crypto::NewOpenSslProvider().value();
  const FixedKey classical(*provider, crypto::AlgorithmId::kEd25519);
  const FixedKey post_quantum(*provider, crypto::AlgorithmId::kMlDsa44);
  using release::log::SignatureType;
  const std::vector<NoteSigner> signers = {
      NoteSigner::Create(*provider, "log.example", SignatureType::kEd25519, classical).value(),
      NoteSigner::Create(*provider, "log.example", SignatureType::kMlDsa44Cosignature, post_quantum).value()};
  std::filesystem::create_directories(argv[2]);
  const auto storage = OpenDirectory(argv[2]).value();
  if (argc == 3 && std::string_view(argv[1]) == "work") return Work(*provider, *storage, signers);
  if (argc == 4 && std::string_view(argv[1]) == "check") {
    return Check(*provider, *storage, signers, std::strtoull(argv[3], nullptr, 10));
  }
  return 2;
}
