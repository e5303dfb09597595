#include "edgekeep/sealing/sealed_package.h"

#include <algorithm>

#include "edgekeep/sealing/body.h"
#include "file_front.h"

namespace edgekeep::sealing {
namespace {

Status CheckPlaintextMac(const crypto::Provider& provider, const SealedFileTrust& trust, const formats::Salt& salt,
                         ByteView plaintext) {
  EK_TRY_ASSIGN(auto mac, PlaintextMacState::Create(provider, trust.content_key, salt));
  EK_TRY(mac.Update(plaintext));
  EK_TRY_ASSIGN(const formats::PlaintextMac actual, mac.Finish());
  if (!EqualInConstantTime(actual.view(), trust.plaintext_mac.view())) {
    return Error(ErrorCode::kDenied, "plaintext mac");
  }
  return {};
}

}  // namespace

Result<OpenedPackage> OpenSealedFile(const crypto::Provider& provider, const ByteSource& file,
                                     const SealedFileTrust& trust, Workers& workers, MutableByteView memory) {
  EK_TRY_ASSIGN(const FileFront front, ReadFront(provider, file, formats::DecodePreamble, trust.header_digest));
  EK_TRY(formats::CheckRoomIsZero(front.room()));
  EK_TRY_ASSIGN(const formats::SealedHeader header, formats::DecodeSealedHeader(front.header()));
  EK_TRY(formats::CheckSealedLayout(front.preamble, header, file.size()));
  if (header.plaintext_size > memory.size()) return Error(ErrorCode::kNoMemory, "sealed file: locked memory");
  const KeyedHeader keyed{header.seal_suite, header.salt, header.key_commitment};
  EK_TRY_ASSIGN(const SegmentKeys keys, KeysFor(provider, keyed, trust.content_key, trust.header_digest));
  const MutableByteView plaintext = memory.first(static_cast<std::size_t>(header.plaintext_size));
  const BodyToOpen body{&file, front.preamble.body_offset, header.plaintext_size, trust.tags_digest};
  EK_TRY(OpenBody(provider, keys, body, workers, plaintext));
  if (const Status status = CheckPlaintextMac(provider, trust, header.salt, plaintext); !status) {
    Wipe(plaintext);
    return status.error();
  }
  return OpenedPackage{header.kind, header.product, header.version.sequence, header.plaintext_size};
}

}  // namespace edgekeep::sealing
