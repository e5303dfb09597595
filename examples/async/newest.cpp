// A camera does not wait: frames come at their own pace, an answer is worth something for a while only.
//   newest PRODUCT FRAMES PERIOD_MS MAX_AGE_MS [ROOT]
// A frame for which there is no place is dropped; a call whose answer would come too late is cancelled.
//
// The model is any with one input of floats; a frame is that input, filled with its number.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <edgekeep/edgekeep.hpp>
#include <string_view>
#include <thread>
#include <vector>

namespace {

namespace ek = edgekeep::app;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// One that the cell computes, one that waits for it: a third would only be older when its turn comes.
constexpr std::uint32_t kPlaces = 2;

bool Complain(const ek::Error& error) {
  std::fprintf(stderr, "newest: %s: %s: %s\n", error.name().data(), error.where().data(), error.advice().data());
  return false;
}

// The model's only input, its free dimensions 1.
struct Frame {
  explicit Frame(const ek::TensorInfo& info) : name(info.name()), shape(info.shape().begin(), info.shape().end()) {
    std::size_t count = 1;
    for (std::int64_t& size : shape) count *= static_cast<std::size_t>(size = std::max<std::int64_t>(size, 1));
    values.resize(count);
  }

  const char* name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

struct UnderWay {
  int frame;
  Clock::time_point since;
  ek::Call call;
};

class Camera {
 public:
  Camera(ek::Model model, milliseconds max_age)
      : model_(std::move(model)), frame_(model_.input(0)), max_age_(max_age) {}

  // False when the model is of no use any more.
  bool Take(int number) {
    if (!Collect(Clock::now())) return false;
    std::ranges::fill(frame_.values, static_cast<float>(number));
    const std::array inputs = {ek::Input(frame_.name, frame_.values, frame_.shape)};
    ek::Expected<ek::Call> call = model_.Submit(inputs);  // does not wait
    if (call) {
      under_way_.push_back({number, Clock::now(), *std::move(call)});
    } else if (call.error().code() == EK_BUSY) {
      ++dropped_;
    } else {
      return Complain(call.error());
    }
    return true;
  }

  // What is still under way, as long as it is worth something.
  bool Finish() {
    while (!under_way_.empty()) {
      const Clock::time_point end = under_way_.front().since + max_age_;
      const auto left = std::chrono::ceil<milliseconds>(end - Clock::now()).count();
      static_cast<void>(under_way_.front().call.Wait(left > 0 ? static_cast<std::uint32_t>(left) : EK_TIMEOUT_NOW));
      if (!Collect(std::max(end, Clock::now()))) return false;
    }
    std::printf("%d answered, %d dropped, %d cancelled\n", answered_, dropped_, cancelled_);
    return true;
  }

 private:
  bool Collect(Clock::time_point now) {
    while (!under_way_.empty()) {
      UnderWay& oldest = under_way_.front();
      if (oldest.call.is_done()) {
        if (!Tell(oldest)) return false;
        ++answered_;
      } else if (now - oldest.since >= max_age_) {
        ++cancelled_;  // by the call's end
      } else {
        return true;
      }
      under_way_.pop_front();
    }
    return true;
  }

  static bool Tell(UnderWay& answered) {
    const ek::Expected<ek::Outputs> outputs = answered.call.Wait(EK_TIMEOUT_NOW);
    if (!outputs) return Complain(outputs.error());
    const std::span<const float> values = (*outputs)[0].As<float>();
    std::printf("frame %d: %g\n", answered.frame, values.empty() ? 0.0 : static_cast<double>(values[0]));
    return true;
  }

  ek::Model model_;  // outlives its calls
  Frame frame_;
  milliseconds max_age_;
  std::deque<UnderWay> under_way_;
  int answered_ = 0;
  int dropped_ = 0;
  int cancelled_ = 0;
};

bool Run(ek::Model model, int num_frames, milliseconds period, milliseconds max_age) {
  if (model.description().num_inputs != 1 || model.input(0).type() != EK_FLOAT32) {
    std::fputs("newest: the model takes more than one tensor of floats\n", stderr);
    return false;
  }
  Camera camera(std::move(model), max_age);
  Clock::time_point next = Clock::now();
  for (int number = 0; number < num_frames; ++number) {
    std::this_thread::sleep_until(next);
    next += period;
    if (!camera.Take(number)) return false;
  }
  return camera.Finish();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5 || argc > 6) {
    std::fputs("usage: newest PRODUCT FRAMES PERIOD_MS MAX_AGE_MS [ROOT]\n", stderr);
    return 2;
  }
  const auto client = ek::Client::Open({.root = argc > 5 ? argv[5] : nullptr});
  if (!client) return Complain(client.error()) ? EXIT_SUCCESS : EXIT_FAILURE;
  ek::Expected<ek::Model> model = client->OpenModel(argv[1], {.max_calls = kPlaces});
  if (!model) return Complain(model.error()) ? EXIT_SUCCESS : EXIT_FAILURE;
  const milliseconds period(std::atoi(argv[3]));
  const milliseconds max_age(std::atoi(argv[4]));
  return Run(*std::move(model), std::atoi(argv[2]), period, max_age) ? EXIT_SUCCESS : EXIT_FAILURE;
}
