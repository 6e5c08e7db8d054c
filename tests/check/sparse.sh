#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# sparse without a single warning: kinds of addresses that are mixed up, what could be static, and more.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0

silent() { # DESCRIPTION COMMAND...: succeeds and says nothing
	local what=$1 said
	shift
	if said=$("$@" 2>&1) && [ -z "$said" ]; then
		echo "ok    $what"
	else
		echo "FAIL  $what"
		sed 's/^/        /' <<<"$said" | head -n 40
		failed=1
	fi
}

check_image() { # one at a time: sparse takes the address types of two files for different ones
	local file
	for file in hvcore/*.c arch/x86/*.c arch/x86/vmx/*.c arch/x86/svm/*.c; do
		sparse -std=gnu11 -ffreestanding -nostdinc -m64 -D__x86_64__ -Wbitwise -Wundef -Wno-unknown-attribute \
			-Ihvcore/include -Iarch/x86/include -Iarch/x86 "$file"
	done
}

silent "sparse has nothing to say about the image" check_image

# The kernel's own way, for the part that is built with its headers.
headers=$(find /usr/src -maxdepth 1 -name 'linux-headers-*-amd64' | sort -V | tail -n 1)
silent "sparse has nothing to say about the module" \
	make --no-print-directory -s kernel KDIR="$headers" tree=build/sparse C=2 \
	CF="-Wsparse-error -D__FILE_NAME__=__FILE__"
exit $failed
