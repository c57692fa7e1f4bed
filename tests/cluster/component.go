package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// component is a child process: this program in another role.
type component struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{} // closed when the process is gone
	err  error         // how it went; valid once done is closed
}

// startComponent has to be called from a locked goroutine whose thread lives
// as long as the process: the kernel sends the parent death signal when the
// thread that started the child ends, not when the process does.
func startComponent(dir, name string, args ...string) (*component, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &component{name: name, log: filepath.Join(dir, name+".log"), done: make(chan struct{})}
	log, err := os.OpenFile(c.log, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()

	c.cmd = exec.Command(self, append([]string{name}, args...)...)
	c.cmd.Dir = dir
	c.cmd.Stdout = log
	c.cmd.Stderr = log
	// Nothing of the caller's environment changes how the cluster behaves.
	c.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir}
	c.cmd.SysProcAttr = &syscall.SysProcAttr{
		Pdeathsig: syscall.SIGKILL,
		// Out of reach of a terminal's Ctrl-C, which is for `up` to handle.
		Setpgid: true,
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.done)
	}()
	return c, nil
}

// kill ends the process the hard way: there is nothing in it worth saving, and
// an orderly end of the API server waits for the clients that watch.
func (c *component) kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
}

// printTail copies the last lines of the log to w.
func (c *component) printTail(w io.Writer) {
	const lines = 30
	content, err := os.ReadFile(c.log)
	if err != nil {
		return
	}
	all := bytes.Split(bytes.TrimRight(content, "\n"), []byte("\n"))
	fmt.Fprintf(w, "--- %s (last lines of its log)\n", c.name)
	for _, line := range all[max(0, len(all)-lines):] {
		fmt.Fprintf(w, "%s\n", line)
	}
}
