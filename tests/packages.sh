#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Installs the Debian packages that a part of the work needs, if any is missing: packages.sh GROUP...
set -eu

packages() {
	case $1 in
	build)
		echo gcc make libc6-dev linux-headers-amd64 linux-headers-cloud-amd64 linux-headers-rt-amd64 \
			linux-headers-6.12-amd64 libnl-genl-3-dev libyaml-dev libjansson-dev scdoc pkg-config \
			libelf-dev bc kmod cpio
		;;
	vm)
		echo qemu-system-x86 bochs bochsbios vgabios isolinux syslinux-common xorriso busybox-static \
			cpio kmod python3 xz-utils
		;;
	unit)
		echo gcc make libc6-dev clang libclang-rt-14-dev libcmocka-dev gcovr libzydis-dev \
			libnl-genl-3-dev libyaml-dev libjansson-dev pkg-config jq python3
		;;
	bench)
		echo gcc libc6-dev valgrind python3
		;;
	static)
		echo sparse cppcheck clang-format shellcheck python3 python3-yaml
		;;
	*)
		echo "packages.sh: no group '$1'; there are build, vm, unit, bench, static" >&2
		exit 1
		;;
	esac
}

is_missing() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" != installed ]
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		env DEBIAN_FRONTEND=noninteractive "$@"
	elif command -v sudo >/dev/null; then
		sudo env DEBIAN_FRONTEND=noninteractive "$@"
	else
		echo "packages.sh: not root and no sudo here; as root, run: $*" >&2
		exit 1
	fi
}

if [ $# -eq 0 ]; then
	echo "usage: packages.sh build|vm|unit|static..." >&2
	exit 1
fi

missing=
for group in "$@"; do
	# a variable of its own, so that an unknown group ends the script
	names=$(packages "$group")
	for name in $names; do
		if is_missing "$name"; then
			missing="$missing $name"
		fi
	done
done

if [ -n "$missing" ]; then
	echo "installing:$missing"
	as_root apt-get -q update
	# shellcheck disable=SC2086 # names without blanks
	as_root apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install $missing
fi
