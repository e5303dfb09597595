#include "edgekeep/log/proof_text.h"

#include "edgekeep/log/note_signer.h"

namespace edgekeep::log {

std::string WritePath(std::span<const Digest> path) {
  std::string lines;
  for (const Digest& hash : path) lines += ToBase64(hash.view()) + "\n";
  return lines;
}

std::string WriteLogProof(std::uint64_t index, std::span<const Digest> path, std::string_view checkpoint) {
  return "c2sp.org/tlog-proof@v1\nindex " + std::to_string(index) + "\n" + WritePath(path) + "\n" +
         std::string(checkpoint);
}

}  // namespace edgekeep::log
