#include "measurement.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <utility>

#include "edgekeep/json/text.h"

namespace edgekeep::bench {
namespace {

json::Value ValueOf(const std::optional<Spread>& spread) {
  if (!spread) return {};
  json::Array ends;
  ends.emplace_back(spread->least);
  ends.emplace_back(spread->most);
  return json::Value(std::move(ends));
}

void Judge(std::optional<double> target, Measurement& measurement) {
  measurement.target = TextOf(target);
  if (target) measurement.met = measurement.value <= *target;
}

}  // namespace

// Distribution-free: the median lies between the values of these ranks unless too many of them fell on one side of it,
// of which binomial coefficients tell the probability. Of fewer than nine values, they are the least and the most.
Spread SpreadOf(const std::vector<double>& values, double scale) {
  std::vector<double> sorted = values;
  std::ranges::sort(sorted);
  const auto count = static_cast<double>(sorted.size());
  const auto probability = [count](double below) {
    return std::exp(std::lgamma(count + 1) - std::lgamma(below + 1) - std::lgamma(count - below + 1) -
                    count * std::numbers::ln2);
  };
  std::size_t rank = 0;
  for (double tail = probability(0); tail <= 0.025; tail += probability(static_cast<double>(rank))) ++rank;
  const std::size_t low = rank > 0 ? rank - 1 : 0;
  return {scale * sorted[low], scale * sorted[sorted.size() - 1 - low]};
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<double> Pair::Ratios() const {
  std::vector<double> ratios;
  ratios.reserve(ours.size());
  for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / baseline[i]);
  return ratios;
}

void Print(const Measurement& measurement) {
  json::Object line;
  line.Append("name", measurement.name);
  line.Append("value", measurement.value);
  line.Append("unit", measurement.unit);
  line.Append("baseline", measurement.baseline);
  line.Append("target", measurement.target);
  line.Append("met", measurement.met ? json::Value(*measurement.met) : json::Value());
  line.Append("spread", ValueOf(measurement.spread));
  std::puts(json::Write(json::Value(std::move(line)), json::Layout::kOneLine).c_str());
  std::fflush(stdout);
}

std::string Describe(const std::vector<double>& seconds) {
  const double median = Median(seconds);
  const double scale = median >= 1 ? 1 : median >= 1e-3 ? 1e3 : 1e6;
  char text[64];
  std::snprintf(text, sizeof text, "%.3g %s", scale * median, median >= 1 ? "s" : median >= 1e-3 ? "ms" : "µs");
  return text;
}

std::string Describe(const std::string& baseline, const Pair& pair) {
  return baseline + ": " + Describe(pair.baseline) + "; here " + Describe(pair.ours);
}

std::string TextOf(std::optional<double> target) {
  if (!target) return "measured only";
  char text[32];
  std::snprintf(text, sizeof text, "<= %g", *target);
  return text;
}

Measurement RatioOf(const std::string& name, const std::string& baseline, const Pair& pair,
                    std::optional<double> target) {
  Measurement measurement{.name = name,
                          .value = pair.MedianRatio(),
                          .unit = "x",
                          .baseline = Describe(baseline, pair),
                          .spread = SpreadOf(pair.Ratios())};
  Judge(target, measurement);
  return measurement;
}

Measurement MedianOf(const std::string& name, const std::vector<double>& values, double scale, const std::string& unit,
                     std::optional<double> target) {
  Measurement measurement{.name = name,
                          .value = scale * Median(values),
                          .unit = unit,
                          .baseline = std::to_string(values.size()) + " rounds",
                          .spread = SpreadOf(values, scale)};
  Judge(target, measurement);
  return measurement;
}

}  // namespace edgekeep::bench
