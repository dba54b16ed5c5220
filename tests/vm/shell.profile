# For whoever sits at the shell of tests/vm/shell.
S=0.0.0001				# the 3270's subchannel
UUID=3270c0de-0000-4000-8000-000000000815
PS1='\w # '

# Take the subchannel from who has it, give it to vfio_ccw, and make the mediated
# device that a virtual machine would get.
lend()
(
	cd /sys/bus/css || return
	echo vfio_ccw > devices/$S/driver_override
	[ ! -e devices/$S/driver ] || echo $S > devices/$S/driver/unbind
	echo $S > drivers/vfio_ccw/bind
	echo $UUID > devices/$S/mdev_supported_types/vfio_ccw-io/create
)

# The other way round, but that nobody has it then.
take_back()
{
	echo 1 > /sys/bus/mdev/devices/$UUID/remove
	echo $S > /sys/bus/css/drivers/vfio_ccw/unbind
}

# Play scenarios. ccwio lends the subchannel to itself, anew for each.
play()
{
	take_back
	ccwio run --device $S "$@"
	lend
}

greet()
{
	cat <<-END

	Linux $(uname -r) for s390x, with $MODULE vfio_ccw. The 3270 is device 0.0.0815,
	on subchannel $S, bound to vfio_ccw; the mediated device is
	$UUID.

	  ccwio info                    the subchannels, and who has them
	  ccwio info -d $S        what is known of ours
	  play sense-id.ccw             play a scenario on it; ls shows which there are
	  take_back, lend               remove and unbind; bind and create
  cat /etc/profile              how that is done by hand
	  dmesg | tail                  what the kernel has to say
	  help, exit                    this; switch the machine off

	From outside, the terminal is: c3270 127.0.0.1:$PORT

	END
}
alias help=greet
