// The characters a recognition model knows, and reading its answer.
#pragma once
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

namespace label_reader {

// What was read, and how sure the model is of it on average, 0 to 1.
struct Text {
  std::string text;
  double confidence = 0;
};

class Alphabet {
 public:
  // Reads a dictionary: one character in UTF-8 a line. The error says what is wrong with it.
  static std::expected<Alphabet, std::string> Read(const std::string& path);

  // Classes of the model: a blank first, the dictionary, a space last.
  std::size_t num_classes() const { return characters_.size() + 2; }

  // Decodes probabilities [steps][num_classes()]: the likeliest class of each step, repetitions and blanks left out
  // (CTC, Graves et al. 2006).
  Text Decode(std::span<const float> probabilities) const;

 private:
  std::vector<std::string> characters_;
};

}  // namespace label_reader
