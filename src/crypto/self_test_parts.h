// The parts of the self-test, and how they compare.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "edgekeep/crypto/provider.h"

namespace edgekeep::crypto {

inline constexpr std::string_view kSelfTestMessage = "edgekeep self-test";

// 0, 1, 2 …: the first `size` <= 80 bytes of the inputs that count up.
ByteView CountingBytes(std::size_t size);

// Fails with kInternal, `where` being `algorithm`, unless `actual` is what `hex` says; at most 320 bytes.
Status ExpectAnswer(ByteView actual, std::string_view hex, const char* algorithm);

// ExpectAnswer for the SHA-256 of `actual`.
Status ExpectDigest(const Provider& provider, ByteView actual, std::string_view hex, const char* algorithm);

// Fails with kInternal, `where` being `algorithm`, unless `holds`.
Status Expect(bool holds, const char* algorithm);

Status SelfTestHashes(const Provider& provider);
Status SelfTestKeyDerivation(const Provider& provider);
Status SelfTestAeads(const Provider& provider);
Status SelfTestRandom(const Provider& provider);
Status SelfTestSignatures(const Provider& provider);
Status SelfTestDiffieHellman(const Provider& provider);
Status SelfTestMlKem(const Provider& provider);
Status SelfTestHpke(const Provider& provider);

}  // namespace edgekeep::crypto
