#include "edgekeep/sealing/body.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "edgekeep/formats/sealed_file.h"

namespace edgekeep::sealing {
namespace {

constexpr std::size_t kSegment = formats::kSegmentSize;
constexpr std::size_t kTag = crypto::kAeadTagSize;
// What is read and opened in one go stays in a core's own cache.
constexpr std::size_t kPiece = std::size_t{128} << 10;

// One segment's place in plaintext and body.
struct SegmentPlace {
  std::uint32_t index = 0;
  bool last = false;
  std::uint64_t plaintext_offset = 0;
  std::uint64_t body_offset = 0;
  std::size_t plaintext_size = 0;
};

// As many are taken at once as a huge page holds: two threads that touch one for the first time at the same moment are
// both given one, zeroed, and one of the two is dropped.
constexpr std::uint32_t kSegmentsOfRun = 2;

// Segments that lie side by side.
struct SegmentRun {
  std::uint32_t first = 0;
  std::uint32_t end = 0;
};

// Hands segments out to whichever thread asks next.
class SegmentQueue {
 public:
  explicit SegmentQueue(std::uint64_t plaintext_size)
      : plaintext_size_(plaintext_size), count_(static_cast<std::uint32_t>(formats::SegmentCount(plaintext_size))) {}

  // False when none is left, or a thread has failed.
  bool Take(SegmentRun& run) {
    run.first = next_.fetch_add(kSegmentsOfRun, std::memory_order_relaxed);
    run.end = std::min(run.first + kSegmentsOfRun, count_);
    return run.first < count_ && !stopped_.load(std::memory_order_relaxed);
  }

  SegmentPlace PlaceOf(std::uint32_t index) const {
    SegmentPlace place{.index = index, .last = index + 1 == count_};
    place.plaintext_offset = std::uint64_t{index} * kSegment;
    place.body_offset = std::uint64_t{index} * (kSegment + kTag);
    const std::uint64_t left = plaintext_size_ - place.plaintext_offset;
    place.plaintext_size = static_cast<std::size_t>(std::min<std::uint64_t>(left, kSegment));
    return place;
  }

  void Stop() { stopped_.store(true, std::memory_order_relaxed); }

  std::uint32_t count() const noexcept { return count_; }

 private:
  std::uint64_t plaintext_size_;
  std::uint32_t count_;
  std::atomic<std::uint32_t> next_ = 0;
  std::atomic<bool> stopped_ = false;
};

// The tags of all segments, each at its place whatever the order they come in.
class Tags {
 public:
  static Result<Tags> ForSegments(std::uint32_t count) {
    EK_TRY_ASSIGN(Bytes tags, Bytes::Allocate(std::size_t{count} * kTag));
    return Tags(std::move(tags));
  }

  // Requires a tag's size.
  void Keep(std::uint32_t index, ByteView tag) {
    std::ranges::copy(tag, tags_.mutable_view().begin() + std::ptrdiff_t{index} * kTag);
  }

  Result<Digest> DigestOfAll(const crypto::Provider& provider) const {
    EK_TRY_ASSIGN(TagsDigest digest, TagsDigest::Create(provider));
    for (std::size_t at = 0; at < tags_.size(); at += kTag) EK_TRY(digest.Add(tags_.view().subspan(at, kTag)));
    return digest.Finish();
  }

 private:
  explicit Tags(Bytes tags) noexcept : tags_(std::move(tags)) {}

  Bytes tags_;
};

// What opening and sealing share: a cipher and a buffer for each thread, and one queue.
class BodyTask : public Task {
 public:
  // Each thread has `room_size` bytes to itself.
  BodyTask(const crypto::Provider& provider, const SegmentKeys& keys, std::uint64_t plaintext_size,
           std::size_t room_size, Tags& tags)
      : provider_(provider), keys_(keys), queue_(plaintext_size), room_size_(room_size), tags_(tags) {}

  Status Run() final {
    const Status status = RunUntilDone();
    if (!status) queue_.Stop();
    return status;
  }

 protected:
  // Works on one segment, in this thread's room.
  virtual Status Work(SegmentCipher& cipher, const SegmentPlace& place, MutableByteView room) = 0;

  void KeepTag(const SegmentPlace& place, ByteView tag) { tags_.Keep(place.index, tag); }

 private:
  Status RunUntilDone() {
    EK_TRY_ASSIGN(SegmentCipher cipher, SegmentCipher::Create(provider_, keys_));
    EK_TRY_ASSIGN(Bytes room, Bytes::Allocate(room_size_));
    for (SegmentRun run; queue_.Take(run);) {
      for (std::uint32_t index = run.first; index < run.end; ++index) {
        EK_TRY(Work(cipher, queue_.PlaceOf(index), room.mutable_view()));
      }
    }
    return {};
  }

  const crypto::Provider& provider_;
  const SegmentKeys& keys_;
  SegmentQueue queue_;
  std::size_t room_size_;
  Tags& tags_;
};

// Reads pieces to where they are opened in place.
class OpenTask final : public BodyTask {
 public:
  OpenTask(const crypto::Provider& provider, const SegmentKeys& keys, const BodyToOpen& body, Tags& tags,
           MutableByteView plaintext)
      : BodyTask(provider, keys, body.plaintext_size, plaintext.empty() ? kPiece : 0, tags),
        body_(body),
        plaintext_(plaintext) {}

 private:
  Status Work(SegmentCipher& cipher, const SegmentPlace& place, MutableByteView room) override {
    const Status status = Open(cipher, place, room);
    Wipe(room);
    return status;
  }

  Status Open(SegmentCipher& cipher, const SegmentPlace& place, MutableByteView room) {
    std::uint64_t from = body_.offset + place.body_offset;
    EK_TRY(cipher.StartOpen(place.index, place.last));
    for (std::size_t at = 0; at < place.plaintext_size; at += kPiece) {
      const std::size_t size = std::min(kPiece, place.plaintext_size - at);
      const MutableByteView piece = PlaceOf(static_cast<std::size_t>(place.plaintext_offset) + at, size, room);
      EK_TRY(body_.file->ReadAt(from, piece));
      EK_TRY(cipher.OpenPiece(piece, piece));
      from += size;
    }
    std::array<std::uint8_t, kTag> tag;
    EK_TRY(body_.file->ReadAt(from, tag));
    KeepTag(place, tag);
    return cipher.FinishOpen(tag);
  }

  MutableByteView PlaceOf(std::size_t at, std::size_t size, MutableByteView room) const {
    return plaintext_.empty() ? room.first(size) : plaintext_.subspan(at, size);
  }

  const BodyToOpen& body_;
  MutableByteView plaintext_;  // empty: check only
};

class SealTask final : public BodyTask {
 public:
  SealTask(const crypto::Provider& provider, const SegmentKeys& keys, ByteView plaintext, Tags& tags,
           const BodyPlace& place)
      : BodyTask(provider, keys, plaintext.size(), kSegment + kTag, tags), plaintext_(plaintext), place_(place) {}

 private:
  Status Work(SegmentCipher& cipher, const SegmentPlace& place, MutableByteView room) override {
    const auto at = static_cast<std::size_t>(place.plaintext_offset);
    const MutableByteView sealed = room.first(place.plaintext_size + kTag);
    EK_TRY(cipher.Seal(place.index, place.last, plaintext_.subspan(at, place.plaintext_size), sealed));
    KeepTag(place, sealed.last(kTag));
    return place_.file->WriteAt(place_.offset + place.body_offset, sealed);
  }

  ByteView plaintext_;
  const BodyPlace& place_;
};

Status OpenOrCheck(const crypto::Provider& provider, const SegmentKeys& keys, const BodyToOpen& body, Workers& workers,
                   MutableByteView plaintext) {
  EK_TRY_ASSIGN(Tags tags, Tags::ForSegments(static_cast<std::uint32_t>(formats::SegmentCount(body.plaintext_size))));
  OpenTask task(provider, keys, body, tags, plaintext);
  // A second thread for one run would have nothing to do.
  EK_TRY(body.plaintext_size > kSegmentsOfRun * kSegment ? workers.RunOnAll(task) : task.Run());
  EK_TRY_ASSIGN(const Digest digest, tags.DigestOfAll(provider));
  // Who knows the key can forge segments, but not the digest that was signed or recorded.
  if (digest != body.tags_digest) return Error(ErrorCode::kDenied, "tags digest");
  return {};
}

}  // namespace

Status OpenBody(const crypto::Provider& provider, const SegmentKeys& keys, const BodyToOpen& body, Workers& workers,
                MutableByteView plaintext) {
  if (plaintext.empty() || plaintext.size() != body.plaintext_size) return Error(ErrorCode::kBadArgument, "plaintext");
  const Status status = OpenOrCheck(provider, keys, body, workers, plaintext);
  if (!status) Wipe(plaintext);
  return status;
}

Status CheckBody(const crypto::Provider& provider, const SegmentKeys& keys, const BodyToOpen& body, Workers& workers) {
  return OpenOrCheck(provider, keys, body, workers, {});
}

Result<Digest> SealBody(const crypto::Provider& provider, const SegmentKeys& keys, ByteView plaintext, Workers& workers,
                        const BodyPlace& place) {
  EK_TRY_ASSIGN(Tags tags, Tags::ForSegments(static_cast<std::uint32_t>(formats::SegmentCount(plaintext.size()))));
  SealTask task(provider, keys, plaintext, tags, place);
  EK_TRY(workers.RunOnAll(task));
  return tags.DigestOfAll(provider);
}

}  // namespace edgekeep::sealing
