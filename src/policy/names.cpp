#include "names.h"

#include "edgekeep/policy/write.h"

namespace edgekeep::policy {
namespace {

template <typename Names, typename Value>
const char* Find(const Names& names, Value value) {
  for (const auto& [named, name] : names) {
    if (named == value) return name;
  }
  return "unknown";
}

}  // namespace

const char* NameOf(formats::ExecutionProvider provider) {
  return Find(kProviderNames, provider);
}

const char* NameOf(formats::LicenceEnd end) {
  return Find(kLicenceEndNames, end);
}

}  // namespace edgekeep::policy
