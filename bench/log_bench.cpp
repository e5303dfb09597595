// The transparency log: appending in batches, each acknowledged after everything is synced; checking a proof; sizes of
// proofs.
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/log/log.h"
#include "edgekeep/log/proof_text.h"
#include "edgekeep/release/log/log_proof.h"
#include "edgekeep/signer/file_signing_key.h"
#include "measurement.h"
#include "require.h"
#include "temporary_directory.h"

namespace edgekeep::bench {
namespace {

using log::NoteSigner;
using release::log::SignatureType;

constexpr UnixTime kNow{1790000000};
constexpr int kRounds = 7;
constexpr int kBatches = 8;
constexpr std::size_t kBatchSize = 1000;
constexpr int kChecks = 200;
constexpr std::size_t kPathOfAMillion = 20;

template <typename T>
T Have(Result<T> result, const char* what) {
  test::Require(result.has_value(), what);
  return *std::move(result);
}

const crypto::Provider& Cryptography() {
  static const auto provider = Have(crypto::NewOpenSslProvider(), "cryptography");
  return *provider;
}

signer::FileSigningKey FreshKey(crypto::AlgorithmId algorithm) {
  crypto::KeyPair pair = Have(Cryptography().GenerateSigningKey(algorithm), "key");
  return Have(signer::FileSigningKey::Create(Cryptography(), {.purpose = "bench",
                                                              .algorithm = algorithm,
                                                              .public_key = std::move(pair.public_key),
                                                              .secret = std::move(pair.private_key)}),
              "key");
}

// A log, a notary and a witness.
struct Parties {
  signer::FileSigningKey log = FreshKey(crypto::AlgorithmId::kEd25519);
  signer::FileSigningKey log_pq = FreshKey(crypto::AlgorithmId::kMlDsa44);
  signer::FileSigningKey notary = FreshKey(crypto::AlgorithmId::kEd25519);
  signer::FileSigningKey notary_pq = FreshKey(crypto::AlgorithmId::kMlDsa44);
  signer::FileSigningKey witness = FreshKey(crypto::AlgorithmId::kEd25519);
  signer::FileSigningKey witness_pq = FreshKey(crypto::AlgorithmId::kMlDsa44);
};

NoteSigner SignerOf(const char* name, SignatureType type, const signer::FileSigningKey& key) {
  return Have(NoteSigner::Create(Cryptography(), name, type, key), "signer");
}

std::vector<log::NewEntry> Batch(std::size_t first) {
  std::vector<log::NewEntry> entries;
  for (std::size_t i = 0; i < kBatchSize; ++i) {
    const std::string holder = "h" + std::to_string(first + i);
    std::string content(256, '\0');
    CborWriter out({reinterpret_cast<std::uint8_t*>(content.data()), content.size()});
    test::Require(formats::EncodeApproval({.release = {}, .holder = holder}, out).has_value(), "content");
    content.resize(out.written().size());
    entries.push_back({std::move(content), {}});
  }
  return entries;
}

double AppendAll(const std::vector<NoteSigner>& signers, const std::vector<std::vector<log::NewEntry>>& batches) {
  const test::TemporaryDirectory directory;
  const auto storage = Have(log::OpenDirectory(directory.path()), "directory");
  log::Log log = Have(log::Log::Create(Cryptography(), *storage, signers, kNow), "log");
  return Time([&] {
    for (const auto& batch : batches) Have(log.Append(batch, kNow), "append");
  });
}

// The same contents at the end of one file, synced after each batch: what a disk asks for at least.
double WriteAll(const std::vector<std::vector<log::NewEntry>>& batches) {
  const test::TemporaryDirectory directory;
  const int file = ::open((directory / "file").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  const double seconds = Time([&] {
    for (const auto& batch : batches) {
      std::string bytes;
      for (const log::NewEntry& entry : batch) bytes += entry.content;
      test::Require(::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "write");
      test::Require(::fsync(file) == 0, "fsync");
    }
  });
  ::close(file);
  return seconds;
}

void MeasureAppending(const Parties& parties) {
  constexpr double kTarget = 5000;
  const std::vector<NoteSigner> signers = {SignerOf("log.example", SignatureType::kEd25519, parties.log),
                                           SignerOf("log.example", SignatureType::kMlDsa44Cosignature, parties.log_pq)};
  std::vector<std::vector<log::NewEntry>> batches;
  for (std::size_t i = 0; i < kBatches; ++i) batches.push_back(Batch(i * kBatchSize));
  const Pair pair =
      MeasureInTurns(kRounds, [&] { return AppendAll(signers, batches); }, [&] { return WriteAll(batches); });
  const double rate = kBatches * static_cast<double>(kBatchSize) / Median(pair.ours);
  Print({.name = "log append, batches of 1,000, synced and signed",
         .value = rate,
         .unit = "entries/s",
         .baseline = Describe("the same contents in one file, one fsync a batch", pair),
         .target = ">= 5000",
         .met = rate >= kTarget});
}

struct Proof {
  std::string text;
  std::string entry = "an entry";
  std::unique_ptr<release::log::Policy> policy;
};

// Of an entry in a log of a million: the hashes are made up so that they lead to a root.
Proof Prove(const std::vector<NoteSigner>& logs, const std::vector<NoteSigner>& witnesses) {
  Proof proof;
  std::vector<Digest> path(kPathOfAMillion);
  Digest root = Have(release::log::LeafHash(Cryptography(), AsBytes(proof.entry)), "leaf");
  for (std::size_t i = 0; i < path.size(); ++i) {
    path[i].mutable_view()[0] = static_cast<std::uint8_t>(i + 1);
    root = Have(release::log::NodeHash(Cryptography(), root, path[i]), "node");
  }
  const std::string text =
      log::CheckpointText("log.example", {.size = std::uint64_t{1} << kPathOfAMillion, .root = root});
  std::vector<NoteSigner> signers = logs;
  signers.insert(signers.end(), witnesses.begin(), witnesses.end());
  proof.text = log::WriteLogProof(0, path, Have(log::SignCheckpoint(Cryptography(), text, signers, kNow), "note"));
  std::string policy;
  std::string names;
  for (const NoteSigner& signer : logs) policy += "log " + log::ToVkey(signer.verifier()) + "\n";
  for (std::size_t i = 0; i < witnesses.size(); ++i) {
    const std::string name = "w" + std::to_string(i);
    policy += "witness " + name + " " + log::ToVkey(witnesses[i].verifier()) + "\n";
    names += " " + name;
  }
  policy += "group q all" + names + "\nquorum q\n";
  proof.policy =
      std::make_unique<release::log::Policy>(Have(release::log::Policy::Parse(Cryptography(), policy), "policy"));
  return proof;
}

void MeasureProof(const std::string& name, const Proof& proof, std::optional<double> target) {
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    times.push_back(Time([&] {
                      for (int i = 0; i < kChecks; ++i) {
                        Have(VerifyLogProof(Cryptography(), *proof.policy, proof.text, AsBytes(proof.entry)), "proof");
                      }
                    }) /
                    kChecks);
  }
  Print(MedianOf("log proof check, " + name, times, 1000, "ms", target));
  Print({.name = "log proof size, " + name + ", of a million entries",
         .value = static_cast<double>(proof.text.size()),
         .unit = "bytes",
         .baseline = "20 hashes are 900"});
}

void Measure() {
  const Parties parties;
  const NoteSigner log = SignerOf("log.example", SignatureType::kEd25519, parties.log);
  const NoteSigner log_pq = SignerOf("log.example", SignatureType::kMlDsa44Cosignature, parties.log_pq);
  const NoteSigner notary = SignerOf("notary.example", SignatureType::kEd25519Cosignature, parties.notary);
  const NoteSigner notary_pq = SignerOf("notary.example", SignatureType::kMlDsa44Cosignature, parties.notary_pq);
  const NoteSigner witness = SignerOf("witness.example", SignatureType::kEd25519Cosignature, parties.witness);
  const NoteSigner witness_pq = SignerOf("witness.example", SignatureType::kMlDsa44Cosignature, parties.witness_pq);
  MeasureProof("classical: log, notary, witness", Prove({log}, {notary, witness}), 1.0);
  MeasureProof("hybrid: log, notary, witness, two keys each",
               Prove({log, log_pq}, {notary, notary_pq, witness, witness_pq}), std::nullopt);
  MeasureAppending(parties);
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  try {
    edgekeep::bench::Measure();
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "log_bench: %s\n", problem.what());
    return 1;
  }
  return 0;
}
