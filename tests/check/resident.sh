#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The resident image stands alone: resident.sh [build/image/hv-image.elf]
set -u
export LC_ALL=C
image=${1:-$(dirname "$0")/../../build/image/hv-image.elf}
code_limit=131072 # bytes of text and read-only data
failed=0
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
found=$scratch/found

none() { # DESCRIPTION: what was found, on standard input, is nothing
	cat >"$found"
	if [ -s "$found" ]; then
		echo "FAIL  $1"
		head -n 20 "$found" | sed 's/^/        /'
		failed=1
	else
		echo "ok    $1"
	fi
}

if ! nm "$image" >"$scratch/symbols" || ! readelf -SWlrd "$image" >"$scratch/elf" ||
	! objdump -d --no-show-raw-insn "$image" >"$scratch/code"; then
	echo "FAIL  the image can be read"
	exit 1
fi

nm -u "$image" | none "no undefined symbol"
grep -E '^Relocation section|^Dynamic section|INTERP|DYNAMIC' "$scratch/elf" | none "nothing for a dynamic linker to do"
grep -E '__x86_(indirect|return)_thunk|__fentry__|mcount|__stack_chk|_printk|__(asan|kasan|kcsan|ubsan|tsan)' \
	"$scratch/symbols" | none "nothing of Linux's instrumentation or thunks"

# The one indirect jump is the way back to Linux. A switch or a table of functions would bring more.
awk '/^[0-9a-f]+ <.*>:$/ { name = $2 }
	/\t(notrack |bnd )?l?(call|jmp)[a-z]* +\*/ { if (name != "<x86_native_jump>:" || seen++) print name, $0 }' \
	"$scratch/code" | none "no indirect call or jump outside x86_native_jump"
grep -E '%([xyz]?mm[0-9]|st\b|st\()' "$scratch/code" | none "no FPU, MMX or SSE register, which belong to the guest"
grep -E '\t(lar|lsl|syscall|sysenter|sysret|sysexit|int3)\b' "$scratch/code" |
	none "no instruction that has no place here"

awk '$1 == "LOAD" && /RWE|R?WE/' "$scratch/elf" | none "no segment both writable and executable"
awk '/^ +\[/ && / (WAX|AWX|WXA) /' "$scratch/elf" | none "no section both writable and executable"
sed -n 's/^ *\[ *[0-9]*\] \(\.[a-z_]*\) .*/\1/p' "$scratch/elf" |
	grep -vxE '\.(header|text|rodata|extable|data|log|bridge|bss|debug_[a-z_]*|symtab|strtab|shstrtab)' |
	none "no section that the linker script does not place"
awk '$1 == "LOAD" && ($3 !~ /^0xffffff/ || $3 !~ /000$/)' "$scratch/elf" | none "every segment on a page of HV_BASE's"

section() { # NAME: its size in bytes
	size=$(sed -n "s/^ *\[ *[0-9]*\] \.$1 *[A-Z]* *[0-9a-f]* [0-9a-f]* \([0-9a-f]*\) .*/\1/p" "$scratch/elf")
	echo $((0x${size:-0}))
}
touch "$scratch/size"
bytes=$(($(section text) + $(section rodata) + $(section extable)))
[ $bytes -gt 0 ] && [ $bytes -le $code_limit ] || echo "$bytes bytes" >"$scratch/size"
none <"$scratch/size" "text and read-only data: $bytes of at most $code_limit bytes"
exit $failed
