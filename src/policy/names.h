// What policies call providers and ends of licences.
#pragma once
#include <array>
#include <string_view>
#include <utility>

#include "edgekeep/formats/product_policy.h"

namespace edgekeep::policy {

inline constexpr std::array kProviderNames = {
    std::pair{formats::ExecutionProvider::kCpu, "cpu"},
    std::pair{formats::ExecutionProvider::kCuda, "cuda"},
    std::pair{formats::ExecutionProvider::kTensorRt, "tensorrt"},
    std::pair{formats::ExecutionProvider::kOpenVino, "openvino"},
    std::pair{formats::ExecutionProvider::kWebGpu, "webgpu"},
};

inline constexpr std::array kLicenceEndNames = {
    std::pair{formats::LicenceEnd::kFinish, "finish"},
    std::pair{formats::LicenceEnd::kDegrade, "degrade"},
    std::pair{formats::LicenceEnd::kStop, "stop"},
};

const char* NameOf(formats::LicenceEnd end);

}  // namespace edgekeep::policy
