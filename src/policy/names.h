// What policies call providers and ends of licences.
#pragma once
#include <array>
#include <string_view>
#include <utility>

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

// Empty for what is none.
constexpr std::string_view NameOf(formats::LicenceEnd end) {
  for (const auto& [named, name] : kLicenceEndNames) {
    if (named == end) return name;
  }
  return "";
}

}  // namespace edgekeep::policy
