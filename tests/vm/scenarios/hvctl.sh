# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# hvctl against the real module: what it shows, what it is refused, and whom it hears of.
#
# machine: vendors=svm,vmx kernels=6.1,6.12 kernels.vmx=6.1-cloud timeout=120

status_of() { # COMMAND...
	"$@" >"$OUTPUT" 2>&1
	echo $?
}

last_of() { # COMMAND...: the last line it says
	"$@" 2>&1 | tail -n 1
}

listens() { # a socket of generic netlink is in a group
	awk '$2 == 16 && $4 != "00000000"' /proc/net/netlink | grep -q .
}

wait_for() { # COMMAND...: half a minute at most, and then goes on; what is checked next will tell
	local rounds=300
	until "$@" || [ $((rounds -= 1)) -eq 0 ]; do
		usleep 100000
	done
}

hvctl=/hv/bin/hvctl
equal "without the module the status is 2" "$(status_of $hvctl status)" 2
equal "and says how to load it" "$(last_of $hvctl enable)" \
	"hvctl: the module hv is not loaded; load it with 'modprobe hv' or 'insmod hv.ko'"
modprobe msr
check "hv would launch here" $hvctl hw check
check "the example cells are sound" $hvctl config check /hv/configs/*.yaml

hv_load launch=0
equal "loaded, not launched" "$($hvctl status | sed -n 's/^state *//p')" off
$hvctl monitor >/tmp/events 2>/dev/null &
monitor=$!
wait_for listens
check "enable" $hvctl enable
equal "active" "$($hvctl status | sed -n 's/^state *//p')" active
equal "in JSON, too" "$($hvctl -j status | grep -c '"state":"active"')" 1
equal "protections have names" "$($hvctl status | grep -c '^[a-z-]* *\(yes\|no\)  ')" \
	"$($hvctl -jp status | grep -c '"on":')"
equal "the root cell is listed" "$($hvctl c l | awk 'NR == 2 { print $1, $2, $3 }')" "root 0 running"
check "it is shown" $hvctl -s cell show root
check "its counters" $hvctl cell stats root
equal "there is no other" "$(status_of $hvctl cell show nobody)" 2
check "the log" $hvctl log
equal "who launches twice is refused" "$(status_of $hvctl enable)" 2
sed 's/^cpus: .*/cpus: [200]/' /hv/configs/hello.yaml >/tmp/foreign.yaml
equal "a CPU that is not there" "$(last_of $hvctl cell create /tmp/foreign.yaml | cut -d ' ' -f 1)" \
	/tmp/foreign.yaml:4:8:
check "leave" $hvctl disable
equal "off again" "$($hvctl status | sed -n 's/^state *//p')" off
wait_for grep -q "hv off" /tmp/events
kill $monitor
equal "events came in order" "$(tr '\n' ' ' </tmp/events)" \
	"hv prepared hv entering hv active cell root (0) running hv leaving cell root (0) gone hv off "
hv_unload
dmesg_clean
