# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# The largest cells there can be, of each kind, run; what is larger by one is refused with a sentence.
#
# machine: vendors=svm,vmx timeout=240

hv=/sys/class/hv
last=$(($(nproc) - 1))
image=64 most=600 # MiB
[ "$HV_VENDOR" = svm ] || image=8 most=200

file() { # NAME LINE...: of a cell on any CPU, with its beginning at 1 MiB
	printf 'name: %s\ncpus: 1\nconsole: true\nmemory:\n  - {gpa: 0x100000, size: 2M, loadable: true}\n' "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@"
}

numbered() { # COUNT FORMAT BEGIN STEP: a line for each
	local i=0
	while [ $i -lt "$1" ]; do
		# shellcheck disable=SC2059 # that is what it is
		printf "$2\n" $(($3 + i * $4))
		i=$((i + 1))
	done
}

runs() { # NAME WORDS: to its end, having said so
	timeout 200 hvctl cell run "/hv/configs/$1.yaml" --console >"/tmp/$1.out" 2>&1
	equal "$1: it runs" $? 0 || sed 's/^/| /' "/tmp/$1.out"
	check "$1: it says: $2" grep -q "$2" "/tmp/$1.out"
	check "$1: it is destroyed" hvctl cell destroy "$1"
}

many() { # REGIONS PORTS MSRS
	# one region is there already
	file many
	numbered $(($1 - 1)) '  - {gpa: %#x, size: 4K}' 0x40000000 0x200000
	echo 'images: [file: memory.elf]'
	echo 'ports:'
	numbered "$2" '  - %#x' 0xa000 16
	echo 'msrs:'
	numbered "$3" '  - %#x' 0x200 1
}

sum() { # FILE BYTES: as sum.elf prints it, of a region of that size
	dd if="$1" of=/tmp/padded bs="$2" conv=sync 2>/dev/null
	crc32 /tmp/padded | cut -c 1-8
}

cd /hv/configs || exit
check "launch" hv_load secure=16M || exit

many 64 32 32 >many.yaml
runs many 'memory: all as promised'
many 65 32 32 >more.yaml
refuse_with "65 regions" "'memory' has 65 elements, 64 are possible" hvctl cell run more.yaml
many 64 33 32 >more.yaml
refuse_with "33 ranges of ports" "'ports' has 33 elements, 32 are possible" hvctl cell run more.yaml
many 64 32 33 >more.yaml
refuse_with "33 MSRs" "'msrs' has 33 elements, 32 are possible" hvctl cell run more.yaml

# Tables of memory that is far apart are what uses up the hypervisor's own; there is enough for a cell on each CPU.
n=0
while [ $n -lt "$last" ]; do
	{
		file wide$n
		numbered 63 '  - {gpa: %#x, size: 4K}' 0x40000000 0x40000000
		echo 'images: [file: memory.elf]'
	} >wide$n.yaml
	check "memory far apart: $((n + 1))" hvctl cell create wide$n.yaml
	n=$((n + 1))
done
measure pool_frames_free_at_least "$(cat $hv/hv0/pool_frames_free)"
cells_destroy
# the allocators keep an empty page of each size for the next one
pool=$(cat $hv/hv0/pool_frames_free)

line=$(head -c 255 /dev/zero | tr '\0' x)
file line 'images: [file: fault.elf]' "cmdline: $line" >line.yaml
timeout 100 hvctl cell run line.yaml --console >/tmp/line.out 2>&1
check "255 characters of a command line arrive" grep -q "no command '$line'" /tmp/line.out
check "destroy" hvctl cell destroy line
sed -i "s/^cmdline: /&x/" line.yaml
refuse_with "256 characters" "'cmdline' has at most 255 printable characters of ASCII" hvctl cell run line.yaml

runs sum "^sum: 0x400000 65536 $(sum hello.bin 65536)\$"
check "sum: so is the second file" grep -q "^sum: 0x800000 65536 $(sum smp.bin 65536)\$" /tmp/sum.out

file secret '  - {gpa: 0x8000000, size: 16M, map: secure, loadable: true}' \
	'images: [file: sum.elf, {file: smp.bin, gpa: 0x8000000}]' >secret.yaml
runs secret "^sum: 0x8000000 16777216 $(sum smp.bin 16777216)\$"
sed 's/size: 16M/size: 18M/' secret.yaml >more.yaml
refuse_with "more secure memory than was set aside" \
	"there is not that much secure memory left; secure= sets it aside" hvctl cell run more.yaml

at_a_place() { # MORE: where Linux can make room is its own affair; somewhere it can
	where=$((0x4000000))
	until sed "s/WHERE/$where$1/" /tmp/place.yaml >place.yaml && hvctl cell create place.yaml >/dev/null 2>&1; do
		where=$((where + 0x1000000))
		[ $where -lt $((0x20000000)) ] || return
	done
}

file place '  - {gpa: 0x8000000, size: 4M, map: identical, phys: WHERE, loadable: true}' \
	'images: [file: sum.elf, {file: smp.bin, gpa: 0x8000000}]' >/tmp/place.yaml
at_a_place ""
measure "place" "$(printf '%#x' $where)"
check "memory at its place" hvctl cell load place sum.elf smp.bin@0x8000000
check "start" hvctl cell start place
wait_until cell_is place stopped
equal "it says what is there" "$(hvctl console place)" "sum: 0x8000000 4194304 $(sum smp.bin 4194304)"
check "destroy" hvctl cell destroy place

# Shared with root it is taken from Linux, too; firmware's memory is not Linux's.
check "memory shared with root" at_a_place ", root-shared: true"
check "takes images" hvctl cell load place sum.elf smp.bin@0x8000000
check "start" hvctl cell start place
wait_until cell_is place stopped
equal "it says what is there" "$(hvctl console place)" "sum: 0x8000000 4194304 $(sum smp.bin 4194304)"
if [ "$last" -gt 1 ]; then
	sed 's/^name: .*/name: other/' place.yaml >other.yaml
	refuse_with "which no other cell gets" "Linux cannot free the memory at that place" hvctl cell create other.yaml
fi
check "destroy" hvctl cell destroy place
check "it can be had again" at_a_place ", root-shared: true"
check "load only what looks at it" hvctl cell load place sum.elf
check "start" hvctl cell start place
wait_until cell_is place stopped
printf '\000' >/tmp/zero
equal "it has been cleared" "$(hvctl console place)" "sum: 0x8000000 4194304 $(sum /tmp/zero 4194304)"
check "destroy" hvctl cell destroy place
file place '  - {gpa: 0x8000000, size: 64K, map: identical, phys: 0xf0000, access: r, root-shared: true}' \
	'images: [file: sum.elf]' >place.yaml
check "firmware shared with root" hvctl cell create place.yaml
if [ "$last" -gt 1 ]; then
	sed 's/^name: .*/name: other/' place.yaml >other.yaml
	check "and with another cell" hvctl cell create other.yaml
	check "destroy" hvctl cell destroy other
fi
check "destroy" hvctl cell destroy place

file place '  - {gpa: 0x8000000, size: 4M, map: identical, phys: WHERE}' \
	'images: [file: sum.elf]' >/tmp/place.yaml
sed 's/WHERE/0xfd000000/' /tmp/place.yaml >place.yaml
refuse_with "a place where there is no memory" "Linux cannot free the memory at that place" hvctl cell run place.yaml

cat hello.bin smp.bin fault.elf >/tmp/large
while [ "$(stat -c %s /tmp/large)" -lt $((image << 20)) ]; do
	cat /tmp/large /tmp/large >/tmp/larger
	mv /tmp/larger /tmp/large
done
truncate -s ${image}M /tmp/large
file large "  - {gpa: 0x8000000, size: ${image}M, loadable: true}" \
	'images: [file: sum.elf, {file: /tmp/large, gpa: 0x8000000}]' >large.yaml
runs large "^sum: 0x8000000 $((image << 20)) $(crc32 /tmp/large | cut -c 1-8)\$"
echo >>/tmp/large
refuse_with "a byte too many" "the image does not lie in one loadable region" hvctl cell run large.yaml
equal "which leaves no cell behind" "$(hvctl cell list | wc -l)" 2
rm -f /tmp/large /tmp/padded

free=$(memfree)
file most "  - {gpa: 0x40000000, size: ${most}M}" 'images: [file: memory.elf]' >most.yaml
runs most 'memory: all as promised'
measure "cell_mib" "$most"
lost=$((free - $(memfree)))
check "its memory is back (lost $lost KiB)" test $lost -lt 1024
sed "s/size: ${most}M/size: 2G/" most.yaml >more.yaml
refuse_with "more than Linux has" "Linux does not have that much memory to give away" hvctl cell run more.yaml

sed 's/^cpus: .*/cpus: [0]/' fault.yaml >more.yaml
refuse_with "the first CPU" "Linux cannot do without this CPU" hvctl cell run more.yaml
sed "s/^cpus: .*/cpus: $((last + 1))/" fault.yaml >more.yaml
refuse_with "all CPUs" "Linux does not have that many CPUs to give away" hvctl cell run more.yaml
sed "s/^cpus: .*/cpus: $last/; s/^cmdline: .*/cmdline: heartbeat/" fault.yaml >all.yaml
check "all CPUs but one" hvctl cell run all.yaml
equal "leave one" "$(cat /sys/devices/system/cpu/online)" 0
check "the cell runs" cell_goes_on fault
sed 's/^name: .*/name: another/' fault.yaml >more.yaml
refuse_with "one more" "Linux does not have that many CPUs to give away" hvctl cell run more.yaml
check "destroy" hvctl cell destroy fault
equal "all CPUs are back" "$(cat /sys/devices/system/cpu/online)" "0-$last"
# of the records in use at the beginning some may have been alone in their frame
check "the pool has no fewer free frames than before" test "$(cat $hv/hv0/pool_frames_free)" -ge "$pool"
equal "tables and owners agree" "$(cat $hv/hv0/selfcheck)" ok
hv_unload
dmesg_clean
