# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# What the suites on QEMU's terminal have in common: lines of a plan for init
# (tests/vm/init.c) and what these lines need. Sourced after lib.sh, by scripts
# that have set $module (ours or linux) and $version. Never run.

here=$top/tests/vm
common=$top/build/vm
sch=0.0.0001
generator=0.0.0000
linux_driver=/sys/bus/css/drivers/io_subchannel

# What tests are done with, as tests/vm/differences calls it.
[ "$module" = ours ] || whose+=(linux "linux-$version")

lifecycle() {
	local name
	for name; do
		try "$name" /lifecycle $sch "$name"
	done
}

# QEMU never forgets a deferred condition code, so this one is for the end.
last=paths-that-are-not-there.ccw

# With Linux's own driver the subchannel may not survive a VM that dies at once.
fatal=
[ "$module" = ours ] || fatal=die-at-once.ccw

scenario() { try "$1" /ccwio run -ad $sch "/scenarios/$1"; }

# All scenarios but those that need a device that does as it is told.
scenarios() {
	local file
	for file in "$top"/tests/scenarios/*.ccw; do
		awk '$1 == "needs" { sub("3270", ""); exit NF > 1 }' "$file" ||
			continue
		case ${file##*/} in
		"$last" | "$fatal") ;;
		*) scenario "${file##*/}" ;;
		esac
	done
	path_on
}

# What a test that failed may have left off.
path_on() { echo "write /sys/devices/css0/chp0.01/status on"; }

# stress SECONDS [OPTION]...
stress() {
	local seconds=$1
	shift
	try stress /ccwio stress -d $sch --seconds "$seconds" "$@"
}

# Make the programs that the lines call: the client is built by the Makefile,
# the lab's own here. Set files to all that has to be in the machine.
make_programs() {
	local name scenario
	make -s -C "$top" build/s390x/ccwio >&2
	files=("$top/build/s390x/ccwio")
	for name; do
		program "$common/$name" "$here/$name.c" "${client[@]}"
		files+=("$common/$name")
	done
	for scenario in "$top"/tests/scenarios/*.ccw; do
		files+=("$scenario:/scenarios/${scenario##*/}")
	done
}
