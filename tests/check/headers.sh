#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each header compiles alone, and twice in a row.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0

compiles() { # HEADER COMPILER ARGUMENT...
	local header=$1 said
	shift
	if ! said=$(printf '#include "%s"\n#include "%s"\n' "$header" "$header" | "$@" -I. -fsyntax-only - 2>&1); then
		echo "FAIL  $header compiles alone ($1)"
		sed 's/^/        /' <<<"$said" | head -n 5
		failed=1
		return 1
	fi
}

warnings=(-Wall -Wextra -Wundef -Werror -Wno-unused-function -Wno-unused-const-variable)
freestanding=(gcc -x c -std=gnu11 -ffreestanding -nostdinc -mgeneral-regs-only "${warnings[@]}"
	-Ihvcore/include -Iarch/x86/include -Iarch/x86)
count=0
for header in $(find hvcore/include arch/x86 -name '*.h' | sort); do
	compiles "$header" "${freestanding[@]}" && count=$((count + 1))
done
[ $failed -ne 0 ] || echo "ok    each of $count headers compiles alone"

# What programs share with the hypervisor also has to please their compilers.
count=0
for header in $(find hvcore/include/hvabi -name '*.h' | sort); do
	compiles "$header" gcc -x c -std=c11 "${warnings[@]}" -Ihvcore/include &&
		compiles "$header" clang -x c -std=c11 "${warnings[@]}" -Ihvcore/include && count=$((count + 1))
done
[ $failed -ne 0 ] || echo "ok    each of $count interface headers compiles in a program, with gcc and clang"
exit $failed
