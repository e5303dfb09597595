// What policies call providers, ends of licences and kinds of isolation.
#pragma once
#include <array>
#include <string_view>
#include <utility>

#include "edgekeep/formats/licence.h"
#include "edgekeep/formats/product_policy.h"

namespace edgekeep::policy {

constexpr std::pair<formats::ExecutionProvider, std::string_view> Named(formats::ExecutionProvider provider) {
  return {provider, formats::NameOf(provider)};
}

inline constexpr std::array kProviderNames = {
    Named(formats::ExecutionProvider::kCpu), Named(formats::ExecutionProvider::kCuda),
    Named(formats::ExecutionProvider::kTensorRt), Named(formats::ExecutionProvider::kOpenVino),
    Named(formats::ExecutionProvider::kWebGpu)};

inline constexpr std::array kLicenceEndNames = {
    std::pair{formats::LicenceEnd::kFinish, std::string_view("finish")},
    std::pair{formats::LicenceEnd::kDegrade, std::string_view("degrade")},
    std::pair{formats::LicenceEnd::kStop, std::string_view("stop")},
};

inline constexpr std::array kIsolationNames = {
    std::pair{formats::Isolation::kProcess, std::string_view("process")},
    std::pair{formats::Isolation::kVm, std::string_view("vm")},
    std::pair{formats::Isolation::kTrustZone, std::string_view("trustzone")},
};

// Empty for what is none.
constexpr std::string_view NameOf(formats::Isolation isolation) {
  for (const auto& [named, name] : kIsolationNames) {
    if (named == isolation) return name;
  }
  return "";
}

// Empty for what is none.
constexpr std::string_view NameOf(formats::LicenceEnd end) {
  for (const auto& [named, name] : kLicenceEndNames) {
    if (named == end) return name;
  }
  return "";
}

}  // namespace edgekeep::policy
