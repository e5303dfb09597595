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

// Both sides of a ratio, measured in turns so that a noisy moment hits both.
struct Pair {
  std::vector<double> ours;
  std::vector<double> baseline;

  std::vector<double> Ratios() const;

  double MedianRatio() const { return Median(Ratios()); }  // of the pairs, not of the medians
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

// Where the median of very many rounds would lie, with 95 % confidence or nearly, in the measurement's unit.
struct Spread {
  double least = 0;
  double most = 0;
};

// Of `values`, which are not empty, each times `scale`.
Spread SpreadOf(const std::vector<double>& values, double scale = 1);

struct Measurement {
  std::string name;
  double value = 0;
  std::string unit;
  std::string baseline;
  std::string target = "measured only";
  std::optional<bool> met = std::nullopt;
  std::optional<Spread> spread = std::nullopt;
};

// Prints one line to standard output.
void Print(const Measurement& measurement);

// "1.23 ms", the median.
std::string Describe(const std::vector<double>& seconds);

// "BASELINE: 1.23 ms; here 2.5 ms".
std::string Describe(const std::string& baseline, const Pair& pair);

// The pairs' median ratio as a measurement; met where it is at most `target`, and open where there is none.
Measurement RatioOf(const std::string& name, const std::string& baseline, const Pair& pair,
                    std::optional<double> target = {});

// The median of `values`, each times `scale`; met where it is at most `target`, and open where there is none.
Measurement MedianOf(const std::string& name, const std::vector<double>& values, double scale, const std::string& unit,
                     std::optional<double> target = {});

// "<= 1.4", or "measured only".
std::string TextOf(std::optional<double> target);

}  // namespace edgekeep::bench
