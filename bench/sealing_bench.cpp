// Sealing by the publisher's program, from its start to its end: throughput beside a durable copy of the same file and
// beside encryption alone; and how much larger a sealed file is.
#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "aes_in_memory.h"
#include "edgekeep/gate/posix/descriptor.h"
#include "measurement.h"
#include "models.h"
#include "publisher.h"
#include "require.h"
#include "run_bench.h"

namespace edgekeep::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMebibyte = 1U << 20;
constexpr std::size_t kFileMebibytes = 512;
constexpr double kGibibyte = 1024.0 * 1024 * 1024;
constexpr int kRounds = 5;

gate::Descriptor Open(const fs::path& path, int flags) {
  gate::Descriptor file(::open(path.c_str(), flags | O_CLOEXEC, 0600));
  test::Require(file.valid(), path.string() + ": cannot be opened");
  return file;
}

void WriteAll(const gate::Descriptor& file, const std::vector<char>& bytes, std::size_t size) {
  test::Require(::write(file.get(), bytes.data(), size) == static_cast<ssize_t>(size), "the disk is full");
}

void MakeLargeFile(const fs::path& path) {
  const gate::Descriptor file = Open(path, O_CREAT | O_WRONLY);
  std::vector<char> piece(kMebibyte);
  for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = static_cast<char>(i * 2654435761U >> 13);
  for (std::size_t i = 0; i < kFileMebibytes; ++i) WriteAll(file, piece, piece.size());
}

void CopyDurably(const fs::path& from, const fs::path& to) {
  const gate::Descriptor source = Open(from, O_RDONLY);
  const gate::Descriptor target = Open(to, O_CREAT | O_WRONLY | O_TRUNC);
  std::vector<char> piece(kMebibyte);
  for (ssize_t got = 0; (got = ::read(source.get(), piece.data(), piece.size())) > 0;) {
    WriteAll(target, piece, static_cast<std::size_t>(got));
  }
  test::Require(::fsync(target.get()) == 0, to.string() + ": cannot be synced");
}

double SealOnce(test::Publisher& publisher, const fs::path& file) {
  fs::path sealed;
  const double seconds = Time([&] { sealed = publisher.Seal(file, "acme/large"); });
  fs::remove(sealed);
  return seconds;
}

void MeasureThroughput(test::Publisher& publisher, const fs::path& file) {
  const fs::path copy = publisher.Fresh(".copy");
  AesInMemory aes;
  const auto copy_once = [&] {
    fs::remove(copy);
    return Time([&] { CopyDurably(file, copy); });
  };
  const auto encrypt = [&] { return Time([&] { aes.Seal(kFileMebibytes * kMebibyte); }); };
  const Pair beside_copy = MeasureInTurns(kRounds, [&] { return SealOnce(publisher, file); }, copy_once);
  fs::remove(copy);
  const Pair beside_aes = MeasureInTurns(kRounds, [&] { return SealOnce(publisher, file); }, encrypt);
  const std::string copying = "reading, writing and syncing 512 MiB", encrypting = "AES-256-GCM in memory, 1 thread";
  Print({.name = "seal 512 MiB, whole program",
         .value = kFileMebibytes * kMebibyte / kGibibyte / Median(beside_copy.ours),
         .unit = "GiB/s",
         .baseline = Describe(copying, beside_copy),
         .met = {}});
  Print(RatioOf("seal 512 MiB ÷ durable copy", copying, beside_copy));
  Print(RatioOf("seal 512 MiB ÷ encrypting alone", encrypting, beside_aes));
}

void MeasureSize(test::Publisher& publisher, const std::string& name, const fs::path& file) {
  constexpr double kTarget = 1.001;
  const fs::path sealed = publisher.Seal(file, "acme/size");
  const double ratio = static_cast<double>(fs::file_size(sealed)) / static_cast<double>(fs::file_size(file));
  // What every file has, whatever it holds: header and signatures of both classes, up to the next page; then a tag for
  // each MiB.
  constexpr std::uint64_t kTagSize = 16;
  const std::uint64_t size = fs::file_size(file);
  const std::uint64_t tags = (size + kMebibyte - 1) / kMebibyte * kTagSize;
  const std::string plain = std::to_string(size) + " bytes plain; header and signatures " +
                            std::to_string(fs::file_size(sealed) - size - tags) + ", tags " + std::to_string(tags);
  Print({.name = "sealed ÷ plain size, " + name,
         .value = ratio,
         .unit = "x",
         .baseline = plain,
         .target = TextOf(kTarget),
         .met = ratio <= kTarget});
  fs::remove(sealed);
}

void Measure() {
  const std::vector<Model> models = OcrModels();
  test::Publisher publisher;
  const fs::path large = publisher.Fresh(".plain");
  MakeLargeFile(large);
  MeasureThroughput(publisher, large);
  MeasureSize(publisher, "512 MiB", large);
  for (const Model& model : models) MeasureSize(publisher, model.name, model.path);
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  return edgekeep::bench::RunBench("sealing_bench", edgekeep::bench::Measure);
}
