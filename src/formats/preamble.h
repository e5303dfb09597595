// The 32 bytes that sealed and slot files begin with, whatever their magic (spec/sealed-file.md §2).
#pragma once
#include <string_view>

#include "edgekeep/formats/sealed_file.h"

namespace edgekeep::formats {

// Whether a signed record stands between header and body: sealed files have one, slot files have none.
enum class Record : std::uint8_t { kPresent, kAbsent };

Result<Preamble> DecodePreambleWith(std::string_view magic, Record record, ByteView first_bytes);
Status EncodePreambleWith(std::string_view magic, Record record, const Preamble& preamble, Writer& out);

// Fails with kMalformed unless body and file have exactly the sizes that `plaintext_size` gives them.
Status CheckLayout(const Preamble& preamble, std::uint64_t plaintext_size, std::uint64_t file_size);

// Fails with kMalformed unless `plaintext_size` is 1 … kMaxPlaintextSize.
Status CheckPlaintextSize(std::uint64_t plaintext_size);

}  // namespace edgekeep::formats
