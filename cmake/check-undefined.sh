#!/bin/sh
# Fails when archive $2 needs a symbol that it does not define itself and none of the lists $3... (regexes, one a line) allows.
set -eu
nm=$1 archive=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$nm" --defined-only -P "$archive" | awk 'NF>1{print $1}' | sort -u >"$work/defined"
cat "$@" | grep -Ev '^(#|$)' >"$work/allowed"
"$nm" -u -P "$archive" | awk 'NF>1{print $1}' | sort -u | comm -23 - "$work/defined" | grep -Evx -f "$work/allowed" >"$work/forbidden" || true
[ -s "$work/forbidden" ] || exit 0
echo "trusted archive $archive needs forbidden symbols:" >&2
c++filt <"$work/forbidden" >&2
exit 1
