// What a benchmark prints: one measurement a line, as tools/bench/report.py reads it.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace edgekeep::bench {

using Seconds = std::chrono::duration<double>;

// The time `work` takes.
template <typename Work>
double Time(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return Seconds(std::chrono::steady_clock::now() - start).count();
}

double Median(std::vector<double> values);

// How far the values spread around their median: (p90 - p10) / median.
double Spread(std::vector<double> values);

// Both sides of a ratio, measured in turns so that a noisy moment hits both.
struct Pair {
  std::vector<double> ours;
  std::vector<double> baseline;

  double MedianRatio() const;  // of the pairs, not of the medians
};

template <typename Ours, typename Baseline>
Pair MeasureInTurns(int rounds, Ours ours, Baseline baseline) {
  Pair pair;
  for (int round = 0; round < rounds; ++round) {
    if (round % 2 == 0) pair.ours.push_back(ours());
    pair.baseline.push_back(baseline());
    if (round % 2 != 0) pair.ours.push_back(ours());
  }
  return pair;
}

struct Measurement {
  std::string name;
  double value = 0;
  std::string unit;
  std::string baseline;
  std::string target = "measured only";
  std::optional<bool> met;
};

// Prints one line to standard output.
void Print(const Measurement& measurement);

// "1.23 ms (spread 0.08)".
std::string Describe(const std::vector<double>& seconds);

}  // namespace edgekeep::bench
