// Ends with 1 where -ftrivial-auto-var-init=zero together with -fno-exceptions destroys what was just initialised: GCC
// 12 clears the padding of a temporary at wrong places.
#include <array>
#include <optional>

struct Item {
  Item() = default;

  Item(Item&& other) noexcept {
    for (int i = 0; i < 600; ++i) text[i] = other.text[i];
  }

  ~Item() {}

  char text[600] = {};
};

struct Pair {
  std::array<std::optional<Item>, 2> items;
  std::optional<unsigned long> number;
  unsigned long count = 0;
  bool flag = false;
};

struct File {
  File() = default;

  File(File&& other) noexcept : store(other.store), value(other.value) {}

  void* store = nullptr;
  int value = -1;
};

struct Whole {
  Pair pair;
  File file;
};

__attribute__((noinline)) int Check(Whole&& whole) {
  for (char c : whole.pair.items[0]->text) {
    if (c != 'x') return 1;
  }
  return 0;
}

int main() {
  Pair pair;
  pair.items[0].emplace();
  for (char& c : pair.items[0]->text) c = 'x';
  File file;
  return Check(Whole{static_cast<Pair&&>(pair), static_cast<File&&>(file)});
}
