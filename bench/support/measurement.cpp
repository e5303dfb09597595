#include "measurement.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "edgekeep/json/text.h"

namespace edgekeep::bench {
namespace {

double Percentile(std::vector<double>& values, double fraction) {
  std::sort(values.begin(), values.end());
  const auto index = static_cast<std::size_t>(fraction * static_cast<double>(values.size() - 1) + 0.5);
  return values[index];
}

}  // namespace

double Median(std::vector<double> values) {
  return Percentile(values, 0.5);
}

double Spread(std::vector<double> values) {
  return (Percentile(values, 0.9) - Percentile(values, 0.1)) / Percentile(values, 0.5);
}

double Pair::MedianRatio() const {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / baseline[i]);
  return Median(ratios);
}

void Print(const Measurement& measurement) {
  json::Object line;
  line.Append("name", measurement.name);
  line.Append("value", measurement.value);
  line.Append("unit", measurement.unit);
  line.Append("baseline", measurement.baseline);
  line.Append("target", measurement.target);
  line.Append("met", measurement.met ? json::Value(*measurement.met) : json::Value());
  std::puts(json::Write(json::Value(std::move(line)), json::Layout::kOneLine).c_str());
  std::fflush(stdout);
}

std::string Describe(const std::vector<double>& seconds) {
  char text[64];
  std::snprintf(text, sizeof text, "%.3g ms (spread %.2f)", 1e3 * Median(seconds), Spread(seconds));
  return text;
}

}  // namespace edgekeep::bench
