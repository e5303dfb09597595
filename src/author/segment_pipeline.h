// Sealing a package's segments with two threads: one reads and MACs, the other encrypts and writes.
#pragma once
#include "edgekeep/author/context.h"
#include "edgekeep/author/seal.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/sealing/segments.h"
#include "package_source.h"

namespace edgekeep::author {

struct SealedBody {
  Digest tags_digest;
  formats::PlaintextMac plaintext_mac;
};

// What the segments are sealed with.
struct BodyKeys {
  const sealing::SegmentKeys& segments;
  sealing::PlaintextMacState mac;
};

// Where the body goes; `path` is what failures name.
struct BodyTarget {
  files::NewFile& file;
  std::string path;
  std::uint64_t body_offset = 0;
};

// Writes all of `source` as segments. Holds four segments in memory, whatever the size.
Outcome<SealedBody> SealBody(const Context& context, PackageSource& source, BodyKeys keys, const BodyTarget& target,
                             const Progress& progress);

}  // namespace edgekeep::author
