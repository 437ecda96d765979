// Command guest is the whole user space of the machine that .ci/avx512 emulates: it runs one program, prints its
// exit code on the console and stops the machine.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

func main() {
	fmt.Printf("\nguest: exit code %d\n", run())
	drain()
	// The kernel restarts by a triple fault (reboot=t), at which the emulator stops.
	fmt.Println("guest:", syscall.Reboot(syscall.LINUX_REBOOT_CMD_RESTART))
}

// run starts the program that the file /guest describes, one string a line: environment, ended by an empty line;
// working directory; path; arguments.
func run() int {
	_ = syscall.Mount("proc", "/proc", "proc", 0, "")
	_ = syscall.Mount("sysfs", "/sys", "sysfs", 0, "")
	text, err := os.ReadFile("/guest")
	if err != nil {
		fmt.Println("guest:", err)
		return 125
	}
	env, rest, _ := strings.Cut(string(text), "\n\n")
	lines := strings.Split(strings.TrimSuffix(rest, "\n"), "\n")
	cmd := exec.Command(lines[1], lines[2:]...)
	cmd.Env, cmd.Dir = strings.Split(env, "\n"), lines[0]
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	fmt.Println("guest: runs", strings.Join(lines[1:], " "))
	if err = cmd.Run(); cmd.ProcessState == nil {
		fmt.Println("guest:", err)
		return 125
	}
	return cmd.ProcessState.ExitCode()
}

// drain waits until the serial port has sent everything, as tcdrain does: a restart drops what is still queued.
func drain() {
	const tcsbrk = 0x5409 // from asm-generic/ioctls.h
	_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, os.Stdout.Fd(), tcsbrk, 1)
}
