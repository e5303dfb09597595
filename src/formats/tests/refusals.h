// Tables of refusals: a valid object bent in one place, and the error that must come of it.
#pragma once
#include <gtest/gtest.h>

#include <initializer_list>

#include "cbor_tree.h"
#include "samples.h"

namespace edgekeep::formats {

// One way to bend encoded bytes.
struct DecodeRefusal {
  const char* what;
  ErrorCode code;
  void (*bend)(Item& root);
};

// One way to bend a value: what a decoder refuses, its encoder does not write.
template <typename Object>
struct EncodeRefusal {
  const char* what;
  ErrorCode code;
  void (*bend)(Object& object);
};

// Expects that `sample` is accepted as it is, and refused when bent.
template <typename Decode>
void ExpectRefused(const ByteVector& sample, Decode decode, std::initializer_list<DecodeRefusal> cases) {
  ASSERT_TRUE(decode(ByteView(sample))) << "the sample itself";
  for (const auto& [what, code, bend] : cases) {
    Item root = ParseItem(sample);
    bend(root);
    const ByteVector bent = WriteItem(root);
    const auto decoded = decode(ByteView(bent));
    ASSERT_FALSE(decoded) << what;
    EXPECT_EQ(NameOf(decoded.error().code()), std::string_view(NameOf(code)))
        << what << ": " << decoded.error().where();
  }
}

template <typename Object>
void ExpectNotEncoded(const Object& sample, Status (*encode)(const Object&, CborWriter&),
                      std::initializer_list<EncodeRefusal<Object>> cases) {
  for (const auto& [what, code, bend] : cases) {
    Object bent = sample;
    bend(bent);
    ByteVector buffer(65536);
    CborWriter out(buffer);
    const Status status = encode(bent, out);
    ASSERT_FALSE(status) << what;
    EXPECT_EQ(NameOf(status.error().code()), std::string_view(NameOf(code))) << what << ": " << status.error().where();
  }
}

}  // namespace edgekeep::formats
