# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# What the scripts of the VM lab have in common. Sourced, never run.

set -euo pipefail

# Progress goes to standard error: standard output is for results.
say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$@"; exit 1; }
misused() { say "$* (--help explains)"; exit 2; }

# Print the comment block at the top of the script as its help, and leave.
help() { sed -n '/^# SPDX/d; 2,/^$/s/^# \{0,1\}//p' "$0"; exit 0; }

# The top of the working tree, and where kernels are kept between runs.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${CCW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vfio-ccw-book}

# The s390x tools; CROSS_COMPILE is the kernel's own name for the prefix.
export ARCH=s390 CROSS_COMPILE=${CROSS_COMPILE:-s390x-linux-gnu-}
JOBS=${JOBS:-$(nproc)}

# need COMMAND PACKAGE: complain in time about what is not installed.
need() {
	command -v "$1" >/dev/null ||
		die "'$1' is not installed: apt-get install $2"
}

# program OUTPUT SOURCE...: compile one of the lab's own programs, which are
# made of the client's sources, for the machine.
program() {
	local output=$1 src=$top/src
	shift
	mkdir -p "${output%/*}"
	"${CROSS_COMPILE}gcc" -static -std=gnu11 -O2 -g -Wall -Wextra -Werror \
		-Wno-unused-parameter -I"$src/sim/shim" -I"$src/driver" \
		-I"$src/vmm" -I"$src/client" -o "$output.$$" "$@"
	mv "$output.$$" "$output"
}

# What such a program needs to drive a device.
client=("$top/src/vmm/vmm.c"
	"$top"/src/client/{complaint,css_admin,sense_id,sysfs,vfio_port}.c)

# The kernel's modules that vfio_ccw needs, in the directory it was built in.
vfio_modules=(drivers/vfio/vfio.ko drivers/vfio/vfio_iommu_type1.ko
	drivers/vfio/mdev/mdev.ko)

# Whose answers tests/vm/differences is asked about; a script sets it.
whose=()

# known NAME: how a test is known to differ, why, and what it says then. The last
# entry that fits counts.
known() {
	awk -v name="$1" -v whose=" ${whose[*]} " '
		entry { sub(/^[ \t]+/, ""); gsub(/ /, "_"); found = entry " " $0 }
		{ entry = "" }
		$1 == name && $3 != "shows" && index(whose, " " $2 " ") {
			entry = $3 " " $4
		}
		END { print found }' "$top/tests/vm/differences"
}

# try NAME COMMAND...: a test, or a known difference.
try() {
	local name=$1 how row text
	shift
	read -r how row text < <(known "$name") || true
	case $how in
	differ) echo "test $name (differs: $row) : /complains $text $*" ;;
	waver) echo "test $name (may differ: $row) : /complains --if-at-all $text $*" ;;
	*) echo "test $name : $*" ;;
	esac
}
