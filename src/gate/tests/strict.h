// What every decoder of the gate must hold, checked on one good body.
#pragma once
#include <gtest/gtest.h>

#include <vector>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/gate/frame.h"

namespace edgekeep::gate {

using Buffer = std::vector<std::uint8_t>;

template <typename T>
using Decoder = Result<T> (*)(ByteView);
template <typename T>
using Encoder = Status (*)(const T&, CborWriter&);

template <typename T>
Buffer Encoded(const T& value, Encoder<T> encode) {
  Buffer buffer(kMaxBodySize);
  CborWriter writer(buffer);
  EXPECT_TRUE(encode(value, writer));
  buffer.resize(writer.written().size());
  return buffer;
}

// Whatever is accepted is the one encoding of what was understood.
template <typename T>
void ExpectRefusedOrCanonical(const Buffer& body, Decoder<T> decode, Encoder<T> encode) {
  const Result<T> value = decode(body);
  if (!value) return;
  EXPECT_EQ(Encoded<T>(*value, encode), body);
}

// The round trip, truncation at every byte, a byte too many, every single bit flipped, and a buffer too small to
// encode into.
template <typename T>
void ExpectStrict(const T& value, Decoder<T> decode, Encoder<T> encode) {
  const Buffer good = Encoded<T>(value, encode);
  ASSERT_TRUE(decode(good)) << decode(good).error().where();
  EXPECT_EQ(Encoded<T>(*decode(good), encode), good);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decode(ByteView(good).first(size))) << "truncated to " << size;
    Buffer small(size);
    CborWriter writer(small);
    EXPECT_FALSE(encode(value, writer)) << "encoded into " << size;
  }
  Buffer longer = good;
  longer.push_back(0);
  EXPECT_FALSE(decode(longer));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Buffer flipped = good;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << bit % 8));
    ExpectRefusedOrCanonical<T>(flipped, decode, encode);
  }
}

}  // namespace edgekeep::gate
