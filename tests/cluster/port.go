package main

import (
	"fmt"
	"strconv"

	"golang.org/x/sys/unix"
)

// reservePort gets a free port of 127.0.0.1 from the kernel and keeps it.
//
// The API server cannot be told to choose a port, and to look for a free one
// and then let go of it is a race with everyone else on the machine. So the
// port stays bound here, by a socket that never listens and therefore gets no
// connections; SO_REUSEPORT on both sides lets the API server bind it as well.
func reservePort() (port string, err error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return "", fmt.Errorf("reserve a port: %w", err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return "", fmt.Errorf("reserve a port: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return "", fmt.Errorf("reserve a port: %w", err)
	}
	address, err := unix.Getsockname(fd)
	if err != nil {
		return "", fmt.Errorf("reserve a port: %w", err)
	}
	return strconv.Itoa(address.(*unix.SockaddrInet4).Port), nil
}
