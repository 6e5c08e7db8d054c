#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds everything for every kernel whose headers are installed; a warning is a failure.
set -u
cd "$(dirname "$0")/../.." || exit 1
passed=0 failed=0

build() { # DESCRIPTION MAKE-ARGUMENT...
	local what=$1 said status
	shift
	said=$(make --no-print-directory "$@" 2>&1)
	status=$?
	if [ $status -eq 0 ] && ! grep -qiE 'warning|skipping' <<<"$said"; then
		echo "  ok    $what"
		passed=$((passed + 1))
		return 0
	else
		echo "  FAIL  $what (make $* gave $status)"
		tail -n 60 <<<"$said" | sed 's/^/        /'
		failed=$((failed + 1))
		return 1
	fi
}

build "the resident image" image
build "hvctl" hvctl
build "programs for the test machines" guest
build "programs for cells" cells
kernels=0
for headers in /usr/src/linux-headers-*-amd64; do
	[ -d "$headers" ] || continue
	release=${headers##*/linux-headers-}
	# what has been compiled with a warning would not warn again
	build "hv.ko and test modules for $release" kernel KDIR="$headers" || rm -rf "build/kmod-$release"
	kernels=$((kernels + 1))
done
if [ $kernels -eq 0 ]; then
	echo "  FAIL  there are kernel headers to build for"
	failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
