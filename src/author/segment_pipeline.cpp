#include "segment_pipeline.h"

#include <algorithm>
#include <system_error>
#include <thread>

#include "segment_ring.h"

namespace edgekeep::author {
namespace {

constexpr std::size_t kBufferSize = formats::kSegmentSize + crypto::kAeadTagSize;

// The filling side: reads the source and MACs what it read.
class Filler {
 public:
  Filler(PackageSource& source, sealing::PlaintextMacState mac, SegmentRing& ring)
      : source_(source), mac_(std::move(mac)), ring_(ring) {}

  void Run() {
    done_ = FillAll();
    ring_.EndFilling();
  }

  // After Run has returned.
  Outcome<formats::PlaintextMac> Finish() {
    EK_TRY(done_);
    EK_TRY(source_.CheckUnchanged());
    return At(source_.model_path(), mac_.Finish());
  }

 private:
  Done FillAll() {
    std::uint64_t left = source_.plaintext_size();
    while (left > 0) {
      Segment* segment = ring_.WaitForEmpty();
      if (segment == nullptr) return {};
      segment->plaintext_size = static_cast<std::size_t>(std::min<std::uint64_t>(left, formats::kSegmentSize));
      const MutableByteView plaintext = segment->buffer.RevealForWriting().first(segment->plaintext_size);
      EK_TRY(source_.Read(plaintext));
      EK_TRY(At(source_.model_path(), mac_.Update(plaintext)));
      left -= segment->plaintext_size;
      ring_.Fill();
    }
    return {};
  }

  PackageSource& source_;
  sealing::PlaintextMacState mac_;
  SegmentRing& ring_;
  Done done_;
};

// The emptying side: encrypts in place, collects the tag, writes.
class Emptier {
 public:
  Emptier(sealing::SegmentCipher cipher, sealing::TagsDigest tags, files::NewFile& output, std::uint64_t body_offset)
      : cipher_(std::move(cipher)), tags_(std::move(tags)), output_(output), offset_(body_offset) {}

  Status Seal(Segment& segment, bool last) {
    const MutableByteView sealed =
        segment.buffer.RevealForWriting().first(segment.plaintext_size + crypto::kAeadTagSize);
    EK_TRY(cipher_.Seal(index_++, last, sealed.first(segment.plaintext_size), sealed));
    EK_TRY(tags_.Add(sealed));
    EK_TRY(output_.WriteAt(offset_, sealed));
    offset_ += sealed.size();
    return {};
  }

  Result<Digest> Finish() { return tags_.Finish(); }

 private:
  sealing::SegmentCipher cipher_;
  sealing::TagsDigest tags_;
  files::NewFile& output_;
  std::uint64_t offset_;
  std::uint32_t index_ = 0;
};

struct Emptying {
  const Context& context;
  const std::string& output_path;
  const Progress& progress;
  std::uint64_t total;
};

Done EmptyAll(const Emptying& work, Emptier& emptier, SegmentRing& ring) {
  std::uint64_t done = 0;
  while (Segment* segment = ring.WaitForFull()) {
    if (work.context.stop_requested()) return Describe(Error(ErrorCode::kPeerGone), work.output_path);
    done += segment->plaintext_size;
    EK_TRY(At(work.output_path, emptier.Seal(*segment, done == work.total)));
    ring.Empty();
    if (work.progress) work.progress(done, work.total);
  }
  return {};
}

Outcome<std::thread> StartThread(Filler& filler) {
  try {
    return std::thread(&Filler::Run, &filler);
  } catch (const std::system_error&) {
    return Describe(Error(ErrorCode::kNoMemory, "thread"), "seal");
  }
}

}  // namespace

Outcome<SealedBody> SealBody(const Context& context, PackageSource& source, BodyKeys keys, const BodyTarget& target,
                             const Progress& progress) {
  SegmentRing ring;
  EK_TRY(At("seal", ring.Allocate(kBufferSize)));
  EK_TRY_ASSIGN(sealing::SegmentCipher cipher,
                At("seal", sealing::SegmentCipher::Create(context.provider, keys.segments)));
  EK_TRY_ASSIGN(sealing::TagsDigest tags, At("seal", sealing::TagsDigest::Create(context.provider)));
  Emptier emptier(std::move(cipher), std::move(tags), target.file, target.body_offset);
  Filler filler(source, std::move(keys.mac), ring);
  EK_TRY_ASSIGN(std::thread thread, StartThread(filler));
  const Done emptied = EmptyAll({context, target.path, progress, source.plaintext_size()}, emptier, ring);
  ring.EndEmptying();
  thread.join();
  EK_TRY(emptied);
  EK_TRY_ASSIGN(const formats::PlaintextMac mac, filler.Finish());
  EK_TRY_ASSIGN(const Digest tags_digest, At(target.path, emptier.Finish()));
  return SealedBody{tags_digest, mac};
}

}  // namespace edgekeep::author
