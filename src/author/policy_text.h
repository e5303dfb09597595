// What the root's holders sign beside roots, in words.
#pragma once
#include <string>
#include <vector>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::author {

// One line each. Fails as decoding does.
Result<std::vector<std::string>> DescribeStatement(std::string_view type, ByteView payload);

}  // namespace edgekeep::author
