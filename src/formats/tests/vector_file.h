// Vectors of spec/vectors, made by an implementation that shares nothing with this one (tools/vectors/formats).
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "codecs.h"

namespace edgekeep::formats {

using Json = nlohmann::json;

// Reads spec/vectors/NAME.json of the source tree; throws when it is not there.
Json ReadVectors(const std::string& name);

ByteVector BytesIn(const Json& vector, const char* key);

}  // namespace edgekeep::formats
