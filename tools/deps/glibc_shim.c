// Names that Debian 13's static OpenSSL expects of its newer C library, answered by this machine's.
// Compiled with hidden visibility, so that no program exports them.
#include <stdlib.h>

// C23 renamed strtol because it also reads binary numbers ("0b101"); OpenSSL passes decimal and hexadecimal only.
long __isoc23_strtol(const char* text, char** end, int base) {
  return strtol(text, end, base);
}
