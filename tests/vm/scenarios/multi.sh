# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Every way in which a cell can begin: three modes, flat, ELF and multiboot files, anywhere in memory, on several CPUs.
#
# machine: vendors=svm,vmx cpus=8 cpus.vmx=2 timeout=120

hv=/sys/class/hv
call='\017\001\331'
[ "$HV_VENDOR" = svm ] || call='\017\001\301'
cpus=4
[ "$(nproc)" -gt 4 ] || cpus=1

cell() { # NAME LINE...: a file for modes-NAME
	printf 'name: %s\ncpus: %s\nconsole: true\nmemory:\n' "$1" $cpus
	shift
	printf '%s\n' "$@"
}

begins() { # NAME WORDS
	timeout 100 hvctl cell run "/hv/configs/$1.yaml" --console >"/tmp/$1.out" 2>&1
	equal "$1 ends well" $? 0 || sed 's/^/| /' "/tmp/$1.out"
	check "$1 began as it should" grep -q "^modes: $2, $cpus CPUs: as it should be\$" "/tmp/$1.out"
	check "$1 is destroyed" hvctl cell destroy "$1"
}

tiny() { # NAME MODE ENTRY: runs /tmp/NAME.bin there
	printf 'name: %s\ncpus: 1\nmode: %s\nentry: %s\nmemory:\n' "$1" "$2" "$3"
	printf '  - {gpa: %s, size: 64K, loadable: true}\n' $((${3} & ~0xffff))
	printf 'images:\n  - {file: /tmp/%s.bin, gpa: %s}\n' "$1" "$3"
}

low='  - {gpa: 0, size: 64K}'
high='  - {gpa: 0x100000, size: 2M, loadable: true}'
cd /hv/configs || exit
cell modes-real16 '  - {gpa: 0, size: 1M, loadable: true}' 'images: [{file: modes-real16.bin, gpa: 0}]' \
	'entry: 0' 'mode: real16' 'cmdline: real16' >modes-real16.yaml
# an ELF file of 32 bits, with a multiboot header: it says where it goes and begins
cell modes-prot32 "$low" "$high" 'images: [file: modes-prot32.elf]' 'cmdline: prot32 a line' >modes-prot32.yaml
# a flat file whose multiboot header says so
cell modes-multiboot "$low" "$high" 'images: [file: modes-multiboot.bin]' 'cmdline: prot32' >modes-multiboot.yaml
cell modes-long64 "$low" "$high" 'images: [file: modes-long64.elf]' 'cmdline: long64' >modes-long64.yaml
cell modes-flat64 "$low" "$high" 'images: [{file: modes-flat64.bin, gpa: 0x100000}]' 'entry: 0x100000' \
	'mode: long64' 'cmdline: long64' >modes-flat64.yaml
sed "s/^cpus: .*/cpus: $cpus/" smp.yaml >smp-all.yaml

check "launch" hv_load || exit
pool=$(cat $hv/hv0/pool_frames_free)
begins modes-real16 real16
begins modes-prot32 'prot32 a line'
begins modes-multiboot prot32
begins modes-long64 long64
begins modes-flat64 long64
if [ $cpus -gt 1 ]; then
	check "IPIs among $cpus CPUs" hvctl cell run smp-all.yaml --console
	grep -q "smp: $cpus CPUs, all IPIs arrived" "$OUTPUT" || fail "all IPIs arrive" "$(tail -n 1 "$OUTPUT")"
	check "destroy" hvctl cell destroy smp
fi

# mov ax, cs; movzx edi, ax; yield; shut down with 0
{
	printf '\214\310\146\017\267\370\146\270\003\001\000\000%b' "$call"
	printf '\146\270\004\001\000\000\146\277\000\000\000\000%b' "$call"
} >/tmp/segment.bin
tiny segment real16 0xf0123 >/tmp/segment.yaml
check "real mode, in the highest segment" hvctl cell run /tmp/segment.yaml
wait_until cell_is segment stopped
equal "CS is that of the entry" "$(cell_word segment)" 0xf000
check "destroy" hvctl cell destroy segment

# lea rdi, [rip - 7]; mov eax, 0x103; call; then shut down with 0
{
	printf '\110\215\075\371\377\377\377\270\003\001\000\000%b' "$call"
	printf '\061\377\270\004\001\000\000%b' "$call"
} >/tmp/far.bin
tiny far long64 0xab12345670 >/tmp/far.yaml
check "64-bit mode, far above 4 GiB" hvctl cell run /tmp/far.yaml
wait_until cell_is far stopped
equal "it is where its entry is" "$(cell_word far)" 0xab12345670
check "destroy" hvctl cell destroy far
tiny far long64 0x7f1234567890 >/tmp/far.yaml
refuse_with "where no address of this CPU reaches" "this CPU has no such addresses as a region of the cell" \
	hvctl cell run /tmp/far.yaml

equal "the pool has as many free frames as before" "$(cat $hv/hv0/pool_frames_free)" "$pool"
hv_unload
dmesg_clean
