// Keys on P-256 and P-521: scalars in, uncompressed SEC1 points out.
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/crypto/algorithm.h"
#include "library.h"

namespace edgekeep::crypto {

// The curve's arithmetic for kEcdsaP256Sha256, kDhKemP256 and kDhKemP521, or null for any other algorithm.
const EC_GROUP* CurveOf(const Library& library, AlgorithmId algorithm) noexcept;

// Fails with kMalformed unless `scalar` lies in [1, order - 1] and has the curve's length.
Result<BigNumber> ReadScalar(const EC_GROUP* curve, ByteView scalar);

// A uniformly random scalar of [1, order - 1].
Result<SecretBytes> GenerateScalar(const Library& library, const EC_GROUP* curve, std::size_t size);

// scalar * G as an uncompressed point. Fails with kMalformed as ReadScalar does.
Result<Bytes> MultiplyBase(const EC_GROUP* curve, ByteView scalar);

// Fail with kMalformed for a scalar out of range, or for anything but an uncompressed point on the curve.
Result<Pkey> ImportEcPrivateKey(const Library& library, AlgorithmId algorithm, ByteView scalar);
Result<Pkey> ImportEcPublicKey(const Library& library, AlgorithmId algorithm, ByteView point);

}  // namespace edgekeep::crypto
