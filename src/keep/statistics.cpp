#include <algorithm>
#include <new>

#include "handlers.h"
#include "orders.h"

namespace edgekeep::keep {
namespace {

// A healthy one takes less than a millisecond, whatever it computes.
constexpr int kReadMs = 1'000;

// What its cell has said, if it could be asked; fails with kTimedOut where it does not answer.
Result<gate::CellStatistics> Read(KeepState& state, std::size_t place) {
  const std::optional<CellVisit> visit = state.cells.Visit(place);
  if (!visit) return Error(ErrorCode::kBadState, "cell");
  const ServingCell& serving = visit->cell();
  EK_TRY_ASSIGN(const Bytes answer, serving.cell->Ask(std::to_underlying(gate::Command::kReadStatistics), kReadMs));
  EK_TRY_ASSIGN(const gate::CellStatistics statistics, gate::DecodeCellStatistics(answer.view()));
  serving.desk->Take(statistics.cell);
  return statistics;
}

std::uint64_t Since(std::uint64_t then, std::uint64_t now) {
  return now - std::min(then, now);
}

// One that the cell does not know yet, or any more, has no calls.
gate::SessionReading ReadingOf(const Result<gate::CellStatistics>& statistics, gate::SessionNumber number) {
  const gate::SessionReading unknown{.number = number, .calls = {}};
  if (!statistics) return unknown;
  const auto found = std::ranges::find(statistics->sessions, number, &gate::SessionReading::number);
  return found == statistics->sessions.end() ? unknown : *found;
}

Status AddCell(KeepState& state, std::size_t place, std::uint64_t now, gate::StatisticsAnswer& answer) {
  const std::optional<CellFacts> facts = state.cells.FactsOf(place);
  if (!facts) return {};
  const Result<gate::CellStatistics> statistics = Read(state, place);
  gate::CellFigures cell{.product = facts->product,
                         .version = facts->version,
                         .state = facts->state,
                         .seconds = Since(facts->started, now),
                         .threads = facts->threads,
                         .reading = {}};
  if (statistics) cell.reading = statistics->cell;
  if (!statistics && statistics.error().code() == ErrorCode::kTimedOut) cell.state = gate::CellState::kUnresponsive;
  const auto index = static_cast<std::uint8_t>(answer.cells.size());
  EK_TRY(answer.cells.PushBack(cell));
  for (const CellFacts::Sitter& sitter : facts->sitters) {
    EK_TRY(answer.sessions.PushBack({.cell = index,
                                     .reading = ReadingOf(statistics, sitter.number),
                                     .user = sitter.user,
                                     .seconds = Since(sitter.since, now)}));
  }
  return {};
}

Status AddProducts(KeepState& state, std::uint64_t now, gate::StatisticsAnswer& answer) {
  for (const ProductName& product : state.totals.Products()) {
    const CallTotals::Sum sum = state.totals.Of(product);
    EK_TRY(answer.products.PushBack({.product = product,
                                     .calls = sum.calls,
                                     .latencies = sum.latencies,
                                     .crashes = state.crashes.FactsOf(product, now)}));
  }
  return {};
}

}  // namespace

// No secret is touched, nothing is read from the disk, and the state's mutex is not taken: calls and opens go on.
Result<std::unique_ptr<gate::StatisticsAnswer>> ShowStatistics(KeepState& state) {
  EK_TRY_ASSIGN(const ReadingTurn turn, ReadingTurn::Take(state.readings));
  EK_TRY_ASSIGN(const std::uint64_t now, state.world.clock.SecondsSinceStart());
  std::unique_ptr<gate::StatisticsAnswer> answer(new (std::nothrow) gate::StatisticsAnswer());
  if (!answer) return Error(ErrorCode::kNoMemory, "statistics");
  answer->seconds = Since(state.began, now);
  for (std::size_t place = 0; place < ServingCells::kMost; ++place) EK_TRY(AddCell(state, place, now, *answer));
  EK_TRY(AddProducts(state, now, *answer));
  return answer;
}

}  // namespace edgekeep::keep
