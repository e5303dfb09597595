// Beside OpenCV's DNN module, which many programs on devices compute with: from "open" to the first answer, and a call.
// It loads the network in ResNet-50's shape; of the OCR models it loads none.
#include <algorithm>
#include <cmath>
#include <opencv2/dnn.hpp>
#include <thread>

#include "measurement.h"
#include "protected_models.h"
#include "require.h"
#include "run_bench.h"

namespace edgekeep::bench {
namespace {

class OpenCvNet {
 public:
  explicit OpenCvNet(const Model& model)
      : net_(cv::dnn::readNetFromONNX(model.path)), shape_(model.shape.begin(), model.shape.end()) {}

  // The first output, valid until the next call.
  cv::Mat Run(std::vector<float>& values) {
    net_.setInput(cv::Mat(shape_, CV_32F, values.data()));
    return net_.forward();
  }

 private:
  cv::dnn::Net net_;
  std::vector<int> shape_;
};

// Two engines never compute the same bits; these differ by what rounding explains.
void RequireSameAnswer(const app::Output& ours, const cv::Mat& theirs) {
  const std::span<const float> values = ours.As<float>();
  test::Require(values.size() == theirs.total() && !values.empty(), "OpenCV gives another shape");
  const float* const other = theirs.ptr<float>();
  float largest = 0;
  float difference = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    largest = std::max(largest, std::abs(values[i]));
    difference = std::max(difference, std::abs(values[i] - other[i]));
  }
  test::Require(difference <= 1e-3F * largest, "OpenCV gives another answer");
}

void Measure() {
  constexpr int kOpens = 9, kCalls = 51;
  const test::TemporaryDirectory directory;
  const Model model = MakeResNet50(directory.path());
  ProtectedModels device;
  device.Install(model);
  const std::uint32_t threads = std::max(1U, std::thread::hardware_concurrency());
  cv::setNumThreads(static_cast<int>(threads));
  std::vector<float> values = ValuesFor(model);
  const auto open_ours = [&] {
    device.AwaitSpare();
    return Time([&] {
      app::Model opened = device.Open(model, threads);
      Run(opened, model, values);
    });
  };
  const auto open_theirs = [&] { return Time([&] { OpenCvNet(model).Run(values); }); };
  MeasureInTurns(1, open_ours, open_theirs);  // the first ones find cold caches
  Print(RatioOf("first inference, 102 MB ResNet-50 ÷ OpenCV DNN", "OpenCV, from the ONNX file, all processors",
                MeasureInTurns(kOpens, open_ours, open_theirs)));
  device.AwaitSpare();
  app::Model opened = device.Open(model, threads);
  OpenCvNet net(model);
  RequireSameAnswer(Run(opened, model, values), net.Run(values));
  Print(RatioOf("call, 102 MB ResNet-50 ÷ OpenCV DNN", "OpenCV in process, all processors",
                MeasureInTurns(
                    kCalls, [&] { return Time([&] { Run(opened, model, values); }); },
                    [&] { return Time([&] { net.Run(values); }); })));
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  return edgekeep::bench::RunBench("opencv_bench", edgekeep::bench::Measure);
}
