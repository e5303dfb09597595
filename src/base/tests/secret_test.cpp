#include "edgekeep/base/secret.h"

#include <gtest/gtest.h>

#include <concepts>
#include <new>
#include <ostream>

namespace edgekeep {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
template <class T>
concept Comparable = requires(const T& a, const T& b) { a == b; };
template <class T>
concept RevealsTemporary = requires(T value) { static_cast<T&&>(value).Reveal(); };

static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);
static_assert(!std::is_copy_constructible_v<SecretArray<32>> && !std::is_copy_assignable_v<SecretArray<32>>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes> && std::is_nothrow_move_assignable_v<SecretBytes>);
static_assert(!Printable<SecretBytes> && !Printable<SecretArray<32>>);
static_assert(!Comparable<SecretBytes> && !Comparable<SecretArray<32>>);
static_assert(!RevealsTemporary<SecretBytes> && !RevealsTemporary<SecretArray<32>>);

template <class Secret>
void Fill(Secret& secret) {
  for (std::uint8_t& byte : secret.RevealForWriting()) byte = 0xA5;
}

TEST(SecretArray, IsWipedWhenItEnds) {
  alignas(16) static std::uint8_t arena[sizeof(SecretArray<32>)];
  auto* secret = new (arena) SecretArray<32>;
  Fill(*secret);
  ASSERT_EQ(arena[31], 0xA5);  // control: the bytes were there
  secret->~SecretArray();
  for (const std::uint8_t byte : arena) EXPECT_EQ(byte, 0);
}

TEST(SecretArray, MovingWipesTheSource) {
  SecretArray<8> source;
  Fill(source);
  const SecretArray<8> target = std::move(source);
  EXPECT_EQ(target.Reveal()[7], 0xA5);
  EXPECT_EQ(source.Reveal()[7], 0);  // NOLINT(bugprone-use-after-move): that is the promise under test
}

TEST(SecretBytes, MoveAssignmentTakesSizeAndLeavesNothing) {
  auto a = SecretBytes::Allocate(16);
  auto b = SecretBytes::Allocate(4);
  ASSERT_TRUE(a && b);
  Fill(*a);
  *b = *std::move(a);
  EXPECT_EQ(b->size(), 16U);
  EXPECT_EQ(a->size(), 0U);  // NOLINT(bugprone-use-after-move): that is the promise under test
}

TEST(EqualInConstantTime, ComparesLengthAndEveryByte) {
  const std::array<std::uint8_t, 4> a = {1, 2, 3, 4};
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto other = a;
    other[i] ^= 0x80;
    EXPECT_FALSE(EqualInConstantTime(a, other)) << i;
  }
  EXPECT_TRUE(EqualInConstantTime(a, a));
  EXPECT_FALSE(EqualInConstantTime(a, std::span(a).first(3)));
}

}  // namespace
}  // namespace edgekeep
