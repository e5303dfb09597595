// The one place that includes the JSON library.
#pragma once
#include <nlohmann/json.hpp>
