#include "alphabet.h"

#include <algorithm>
#include <fstream>

namespace label_reader {

std::expected<Alphabet, std::string> Alphabet::Read(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::unexpected("cannot read the dictionary " + path);
  Alphabet alphabet;
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    alphabet.characters_.push_back(line);
  }
  if (alphabet.characters_.empty()) return std::unexpected("the dictionary is empty: " + path);
  return alphabet;
}

Text Alphabet::Decode(std::span<const float> probabilities) const {
  Text text;
  double sum = 0;
  int letters = 0;
  std::size_t previous = 0;
  for (; probabilities.size() >= num_classes(); probabilities = probabilities.subspan(num_classes())) {
    const auto step = probabilities.first(num_classes());
    const auto likeliest = std::ranges::max_element(step);
    const auto index = static_cast<std::size_t>(likeliest - step.begin());
    if (index != 0 && index != previous) {
      text.text += index <= characters_.size() ? characters_[index - 1] : " ";
      sum += static_cast<double>(*likeliest);
      ++letters;
    }
    previous = index;
  }
  text.confidence = letters != 0 ? sum / letters : 0;
  return text;
}

}  // namespace label_reader
