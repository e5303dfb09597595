#include "attacks.h"

#include <cstdlib>

namespace edgekeep::attack {

int TryAttack(std::string_view name, const Knowledge& knowledge) {
  for (const auto find : {FindFileAttack, FindNetworkAttack, FindProcessAttack, FindMemoryAttack, FindKernelAttack}) {
    if (const Attack attack = find(name)) return attack(knowledge);
  }
  std::abort();
}

}  // namespace edgekeep::attack
