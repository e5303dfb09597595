#include <string_view>

#include "edgekeep/engine/onnxruntime/engine_key.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace edgekeep::engine {
namespace {

class FeatureText {
 public:
  explicit FeatureText(std::string_view architecture) { Append(architecture); }

  void Add(bool present, std::string_view feature) {
    if (!present) return;
    Append("-");
    Append(feature);
  }

  InlineString<96> text() const { return InlineString<96>::Truncated({chars_, size_}); }

 private:
  void Append(std::string_view text) {
    for (const char c : text) {
      if (size_ < sizeof(chars_)) chars_[size_++] = c;
    }
  }

  char chars_[96] = {};
  std::size_t size_ = 0;
};

#if defined(__x86_64__)

struct Registers {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};

Registers Cpuid(unsigned leaf, unsigned subleaf) {
  Registers r;
  __get_cpuid_count(leaf, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx);
  return r;
}

// The register state the kernel saves; a feature without it cannot be used whatever the CPU says.
std::uint64_t EnabledState(bool has_xgetbv) {
  if (!has_xgetbv) return 0;
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (std::uint64_t{high} << 32) | low;
}

constexpr bool Bit(unsigned value, unsigned bit) {
  return ((value >> bit) & 1) != 0;
}

#endif

}  // namespace

#if defined(__x86_64__)

// Bits by Intel's Software Developer's Manual, volume 2, CPUID leaves 1 and 7.
InlineString<96> CpuFeatures() {
  const Registers basic = Cpuid(1, 0);
  const Registers extended = Cpuid(7, 0);
  const Registers more = Cpuid(7, 1);
  const std::uint64_t state = EnabledState(Bit(basic.ecx, 27));
  const bool avx = (state & 0x6) == 0x6;
  const bool avx512 = (state & 0xE6) == 0xE6;
  const bool amx = (state & 0x60000) == 0x60000;
  FeatureText text("x86_64");
  text.Add(avx && Bit(extended.ebx, 5), "avx2");
  text.Add(avx && Bit(basic.ecx, 12), "fma");
  text.Add(avx && Bit(basic.ecx, 29), "f16c");
  text.Add(avx && Bit(more.eax, 4), "avxvnni");
  text.Add(avx512 && Bit(extended.ebx, 16), "avx512f");
  text.Add(avx512 && Bit(extended.ebx, 30), "bw");
  text.Add(avx512 && Bit(extended.ebx, 17), "dq");
  text.Add(avx512 && Bit(extended.ebx, 31), "vl");
  text.Add(avx512 && Bit(extended.ecx, 11), "vnni");
  text.Add(avx512 && Bit(more.eax, 5), "bf16");
  text.Add(amx && Bit(extended.edx, 24), "amx");
  text.Add(amx && Bit(extended.edx, 25), "amxint8");
  text.Add(amx && Bit(extended.edx, 22), "amxbf16");
  return text.text();
}

#elif defined(__aarch64__)

// Bits by the kernel's Documentation/arch/arm64/elf_hwcaps.rst.
InlineString<96> CpuFeatures() {
  const unsigned long first = getauxval(AT_HWCAP);
  const unsigned long second = getauxval(AT_HWCAP2);
  FeatureText text("aarch64");
  text.Add((first & (1UL << 10)) != 0, "fp16");
  text.Add((first & (1UL << 20)) != 0, "dotprod");
  text.Add((first & (1UL << 22)) != 0, "sve");
  text.Add((second & (1UL << 13)) != 0, "i8mm");
  text.Add((second & (1UL << 14)) != 0, "bf16");
  return text.text();
}

#else
#error "name this architecture's features: a prepared form depends on them"
#endif

}  // namespace edgekeep::engine
