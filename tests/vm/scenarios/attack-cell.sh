# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# A hostile cell: memory that is not its own, instructions, registers and interrupts that are not for it.
# (QEMU's local APICs keep the errors of such cells until the next boot, and Linux starts no CPU from one that has some,
# so there it has a machine of its own.)
#
# machine: vendors=svm,vmx kernels=6.1-cloud,6.12 kernels.vmx=6.1-cloud timeout=900 exclusive.svm=yes

# shellcheck source=tests/vm/shared/attack.sh
. /hv/shared/attack.sh

flood=1000000
[ "$HV_VENDOR" = svm ] || flood=20000
program='{gpa: 0x100000, size: 4M, loadable: true}'

# lgdt [0x100]; mov ax, 0x18; ltr ax; jmp 0x20:0, to a task that is all zeros
task_file() {
	{
		printf '\017\001\025\000\001\000\000\146\270\030\000\017\000\330\352\000\000\000\000\040\000'
		zeros 235
		# limit and address of what follows: nothing, code, data, two tasks
		printf '\057\000\010\001\000\000\000\000\000\000\000\000\000\000\000\000'
		printf '\377\377\000\000\000\232\317\000\377\377\000\000\000\222\317\000'
		printf '\147\000\000\002\000\211\000\000\147\000\000\003\000\211\000\000'
	} >/tmp/task.bin
	printf 'name: attacker\ncpus: [%s]\nmode: prot32\nentry: 0\n' "$attacker_cpu"
	printf 'memory:\n  - {gpa: 0, size: 2M, loadable: true}\nimages:\n  - {file: /tmp/task.bin, gpa: 0}\n'
}

zeros() { # COUNT
	dd if=/dev/zero bs=1 count="$1" 2>/dev/null
}

# In real mode exceptions have no error code. The handler of #GP steps over the instruction and counts; then
# xor bx, bx; in al, 0x60; mov ecx, 0x8b; rdmsr; wrmsr; sub bx, 3; movzx edi, bx; mov eax, 0x104; call
real_file() {
	local call='\017\001\301'
	[ "$HV_VENDOR" = vmx ] || call='\017\001\331'
	{
		zeros 52
		printf '\100\001\000\000'
		zeros 200
		printf '\061\333\344\140\146\271\213\000\000\000\017\062\017\060\203\353\003\146\017\267\373'
		printf '\146\270\004\001\000\000%b' "$call"
		zeros 34
		# pop ax; add ax, 2; push ax; inc bx; iret
		printf '\130\005\002\000\120\103\317'
	} >/tmp/real.bin
	printf 'name: attacker\ncpus: [%s]\nmode: real16\nentry: 0x100\n' "$attacker_cpu"
	printf 'memory:\n  - {gpa: 0, size: 2M, loadable: true}\nimages:\n  - {file: /tmp/real.bin, gpa: 0}\n'
}

since=$(cut -d . -f 1 /proc/uptime)
begin
[ "$(nproc)" -lt 3 ] || victim
unharmed "at the beginning"

# memory that is not there, the hypervisor's, root's
for at in 0x40000000 "$(cat $hv/hv0/memory_start)" 0x1000; do
	fails memory "$(reaching "$at")" "read $at"
	fails memory "$(reaching "$at")" "write $at"
	fails memory "$at, address $at" "exec $at"
done
# its own, but not for that
fails memory "0x600000, address 0x600000" "exec 0x600000" "$program" '{gpa: 0x600000, size: 4K, access: rw}'
fails memory "$(reaching 0x600000)" "write 0x600000" "$program" '{gpa: 0x600000, size: 4K, access: r}'
fails memory "$(reaching 0xfef00000)" "write 0xfef00000"
# across the end
for kind in 0 1 2 3; do
	fails memory "$(reaching 0x500000)" "straddle $kind"
done
# by tables of its own: where they are not, where they cannot be written, further than there is memory
range=$(cat $hv/hv0/memory_start)
for at in 0x40000000 "$range"; do
	fails memory "$(reaching "$at")" "walk $at"
	fails memory "$(reaching "$at")" "cr3 $at"
	fails memory "$(reaching "${at%00}60")" "idt $at"
done
printf '\207\000\000\000\000\000\000\000' >/tmp/table
more_images='  - {file: /tmp/table, gpa: 0x600000}'
# Bochs sets the A bit whatever EPT says, and goes on to where the entry leads
at=0x600000
[ "$HV_VENDOR" = svm ] || at=0x0
fails memory "$(reaching $at)" "walk 0x600000" "$program" '{gpa: 0x600000, size: 4K, access: r, loadable: true}'
more_images=''
fails memory "$(reaching '0x[1-8]0*')" far
fails shutdown "0x10[0-9a-f]{4}" triple
task_file >/tmp/attacker.yaml
attack_by_file "a switch of tasks"
wait_for has_ended attacker
check "it fails" sh -c "$hvctl cell list | grep -q 'attacker.*failed'"
bury "a switch of tasks" 1

real_file >/tmp/attacker.yaml
attack_by_file "what is denied in real mode"
wait_for has_ended attacker
equal "it is denied, without an error code" "$(state attacker), $(shown attacker 'shut down')" "stopped, with code 0"
bury "what is denied in real mode" 0

for word in step msr apicbase vmx efer xsetbv dr invd wbinvd cpuid port msrsweep hypercalls hypercall3 ipi lvt; do
	survives $word
done
# QEMU lets most of these pass
for word in cr0 cr4; do
	if [ "$HV_VENDOR" = svm ]; then
		ends $word
	else
		survives $word
	fi
done
# The registers of the APIC, accessed in ways that are not understood; of the last one the cell may fail. Reads do not
# exit, and one that is not of a register, as a whole, is the end of Bochs itself.
if [ "$HV_VENDOR" = svm ]; then
	ends apic
	ends "apic 22"
else
	for n in 1 2 6 10 11 12 13 14 15 16 17 18 19 20 21 22; do
		ends "apic $n"
	done
fi
survives "wbinvd 2000"
survives "flood $flood"
for word in spin halt nmi; do
	holds_out $word
done
# QEMU does not switch the breakpoints of its own that belong to DR7, and dies of it when somebody sets others later
[ "$HV_VENDOR" = svm ] || holds_out dbloop

# what the serial line's interrupts are sent to
{
	usleep 500000
	for _ in 1 2 3 4; do
		echo "................................................................"
	done >/dev/ttyS0
} &
survives steal

lines=$(dmesg_since | grep -c 'hv: attacker:')
seconds=$(($(cut -d . -f 1 /proc/uptime) - since))
check "what it tried is told at a bounded rate ($lines lines in $seconds s)" test "$lines" -lt $((20 * seconds))
finish
