#!/usr/bin/env bash
# exported_symbols.sh NM LIBRARY MAP INCLUDES: what the shared library exports, what the version script lists and what
# the headers declare are the same functions, each with the version of the script.
set -euo pipefail
nm=$1 library=$2 map=$3 includes=$4

version=$(sed -n 's/^\(EDGEKEEP_[0-9.]*\) {$/\1/p' "$map")
listed=$(grep -o 'ek_[a-z_]*' "$map" | sort)
declared=$(grep -rhE '^EK_API' "$includes" | grep -oE '\bek_[a-z_]+\(' | tr -d '(' | sort)
exported=$("$nm" -D --defined-only "$library" | awk '$2 != "A" { print $3 }' | sort)

diff <(awk -v suffix="@@$version" '{ print $0 suffix }' <<<"$listed") <(echo "$exported") || { echo "exported (>) is not what is listed (<)" && exit 1; }
diff <(echo "$listed") <(echo "$declared") || { echo "declared (>) is not what is listed (<)" && exit 1; }
echo "$(echo "$listed" | wc -l) functions exported as $version, and nothing else"
