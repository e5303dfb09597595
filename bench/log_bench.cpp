// The transparency log: appending in batches, each acknowledged after everything is synced; checking the proof of an
// entry, and of a release with its verdict; sizes of proofs.
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/log/log.h"
#include "edgekeep/log/proof_text.h"
#include "edgekeep/release/log/log_proof.h"
#include "edgekeep/release/release_proof.h"
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
  signer::FileSigningKey verdicts = FreshKey(crypto::AlgorithmId::kEd25519);
  signer::FileSigningKey verdicts_pq = FreshKey(crypto::AlgorithmId::kMlDsa65);
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

struct Signers {
  std::vector<NoteSigner> logs;
  std::vector<NoteSigner> witnesses;
};

// The first two entries of a log of a million: the hashes above them are made up so that they lead to a root.
struct Tree {
  std::vector<Digest> path_of_first;
  std::vector<Digest> path_of_second;
  std::string note;
};

Tree Grow(const std::string& first, const std::string& second, const Signers& signers) {
  Tree tree;
  tree.path_of_first.resize(kPathOfAMillion);
  for (std::size_t i = 1; i < kPathOfAMillion; ++i) {
    tree.path_of_first[i].mutable_view()[0] = static_cast<std::uint8_t>(i);
  }
  tree.path_of_second = tree.path_of_first;
  tree.path_of_first[0] = Have(release::log::LeafHash(Cryptography(), AsBytes(second)), "leaf");
  tree.path_of_second[0] = Have(release::log::LeafHash(Cryptography(), AsBytes(first)), "leaf");
  Digest root = tree.path_of_second[0];
  for (const Digest& hash : tree.path_of_first) {
    root = Have(release::log::NodeHash(Cryptography(), root, hash), "node");
  }
  const std::string text =
      log::CheckpointText("log.example", {.size = std::uint64_t{1} << kPathOfAMillion, .root = root});
  std::vector<NoteSigner> all = signers.logs;
  all.insert(all.end(), signers.witnesses.begin(), signers.witnesses.end());
  tree.note = Have(log::SignCheckpoint(Cryptography(), text, all, kNow), "note");
  return tree;
}

std::unique_ptr<release::log::Policy> PolicyOf(const Signers& signers) {
  const auto& [logs, witnesses] = signers;
  std::string policy;
  std::string names;
  for (const NoteSigner& signer : logs) policy += "log " + log::ToVkey(signer.verifier()) + "\n";
  for (std::size_t i = 0; i < witnesses.size(); ++i) {
    const std::string name = "w" + std::to_string(i);
    policy += "witness " + name + " " + log::ToVkey(witnesses[i].verifier()) + "\n";
    names += " " + name;
  }
  policy += "group q all" + names + "\nquorum q\n";
  return std::make_unique<release::log::Policy>(Have(release::log::Policy::Parse(Cryptography(), policy), "policy"));
}

void MeasureChecks(const std::string& name, std::size_t size, const std::function<void()>& check,
                   std::optional<double> target) {
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    const double seconds = Time([&] {
      for (int i = 0; i < kChecks; ++i) check();
    });
    times.push_back(seconds / kChecks);
  }
  const std::size_t comma = name.find(',');
  Print(MedianOf(name.substr(0, comma) + " check" + name.substr(comma), times, 1000, "ms", target));
  Print({.name = name.substr(0, comma) + " size" + name.substr(comma) + ", of a million entries",
         .value = static_cast<double>(size),
         .unit = "bytes",
         .baseline = "20 hashes are 900"});
}

void MeasureProof(const std::string& name, const Signers& signers, std::optional<double> target) {
  const std::string entry = "an entry";
  const Tree tree = Grow(entry, "another", signers);
  const std::string proof = log::WriteLogProof(0, tree.path_of_first, tree.note);
  const auto policy = PolicyOf(signers);
  MeasureChecks(
      "log proof, " + name, proof.size(),
      [&] { Have(VerifyLogProof(Cryptography(), *policy, proof, AsBytes(entry)), "proof"); }, target);
}

template <typename Object>
std::string Encoded(Status (*encode)(const Object&, CborWriter&), const Object& object) {
  std::string bytes(formats::kMaxReleaseProofSize, '\0');
  CborWriter out({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  test::Require(encode(object, out).has_value(), "encoding");
  bytes.resize(out.written().size());
  return bytes;
}

std::string LeafOf(const std::string& content) {
  return Encoded(formats::EncodeLogEntry, formats::LogEntry{.logged_at = kNow, .content = AsBytes(content)});
}

std::string ReleaseContent() {
  formats::ReleaseEntry entry{.channel = "stable", .total_size = 5'000'000, .author = "anna"};
  entry.product = Have(ProductName::Parse("acme/label-ocr"), "product");
  entry.version = {.sequence = {7}, .display = Have(VersionText::From("1.4.0"), "version")};
  entry.interface = Digest();
  entry.dependencies = Digest();
  return Encoded(formats::EncodeReleaseEntry, entry);
}

std::string VerdictOn(const std::string& release) {
  const Digest digest = Have(crypto::Sha256(Cryptography(), {AsBytes(release)}), "digest");
  formats::Verdict verdict{.release = Have(formats::ContentDigest::From(digest.view()), "digest"), .tree_size = 1};
  verdict.log = "log.example";
  for (int i = 0; i < 2; ++i) test::Require(verdict.approvals.PushBack({}).has_value(), "approval");
  return Encoded(formats::EncodeVerdict, verdict);
}

// Whose verdicts count, in all classes of the keys.
struct Notary {
  std::vector<const sealing::SigningKey*> keys;
  std::vector<std::uint8_t> classes;
};

// A release and its verdict, side by side at the bottom of the tree.
void MeasureReleaseProof(const std::string& name, const Signers& signers, const Notary& notary,
                         std::optional<double> target) {
  const std::string release = ReleaseContent();
  const std::string verdict = VerdictOn(release);
  const std::string first = LeafOf(release);
  const std::string second = LeafOf(verdict);
  const Tree tree = Grow(first, second, signers);
  const std::string inclusion = log::WriteLogProof(0, tree.path_of_first, "");
  const std::string other_inclusion = log::WriteLogProof(1, tree.path_of_second, "");
  const Bytes statement =
      Have(sealing::SignObject(Cryptography(), formats::typ::kLogEntry, AsBytes(verdict), notary.keys), "statement");
  const std::string proof =
      Encoded(formats::EncodeReleaseProof,
              formats::ReleaseProof{.checkpoint = tree.note,
                                    .release = {AsBytes(first), inclusion},
                                    .verdict = formats::ProvenVerdict{.leaf = {AsBytes(second), other_inclusion},
                                                                      .statement = statement.view()}});
  formats::Holder holder{.name = "notary"};
  for (const sealing::SigningKey* key : notary.keys) {
    test::Require(holder.keys.PushBack({static_cast<std::uint16_t>(key->algorithm()), key->public_key()}).has_value(),
                  "key");
  }
  const auto policy = PolicyOf(signers);
  const release::ProofDemands demands{
      .log = *policy, .notaries = {&holder, 1}, .required_classes = notary.classes, .min_independent_witnesses = 1};
  MeasureChecks(
      "release proof, " + name, proof.size(),
      [&] { Have(VerifyReleaseProof(Cryptography(), demands, AsBytes(proof), AsBytes(release)), "proof"); }, target);
}

void Measure() {
  const Parties parties;
  const NoteSigner log = SignerOf("log.example", SignatureType::kEd25519, parties.log);
  const NoteSigner log_pq = SignerOf("log.example", SignatureType::kMlDsa44Cosignature, parties.log_pq);
  const NoteSigner notary = SignerOf("notary.example", SignatureType::kEd25519Cosignature, parties.notary);
  const NoteSigner notary_pq = SignerOf("notary.example", SignatureType::kMlDsa44Cosignature, parties.notary_pq);
  const NoteSigner witness = SignerOf("witness.example", SignatureType::kEd25519Cosignature, parties.witness);
  const NoteSigner witness_pq = SignerOf("witness.example", SignatureType::kMlDsa44Cosignature, parties.witness_pq);
  MeasureProof("classical: log, notary, witness", {{log}, {notary, witness}}, 1.0);
  MeasureProof("hybrid: log, notary, witness, two keys each", {{log, log_pq}, {notary, notary_pq, witness, witness_pq}},
               std::nullopt);
  MeasureReleaseProof("classical: log, witness, verdict", {{log}, {witness}}, {{&parties.verdicts}, {1}}, 1.0);
  MeasureReleaseProof("hybrid: log, witness, verdict, two keys each", {{log, log_pq}, {witness, witness_pq}},
                      {{&parties.verdicts, &parties.verdicts_pq}, {1, 2}}, std::nullopt);
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
