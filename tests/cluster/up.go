package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const startTimeout = 60 * time.Second

// clusterInfo is the line that `up` prints once the cluster is ready.
type clusterInfo struct {
	Server     string `json:"server"`
	Dir        string `json:"dir"`
	CA         string `json:"ca"`
	CAKey      string `json:"ca_key"`
	Kubeconfig string `json:"kubeconfig"`
	AdminCert  string `json:"admin_cert"`
	AdminKey   string `json:"admin_key"`
	AuditLog   string `json:"audit_log"`
	Kubectl    string `json:"kubectl"`
	Version    string `json:"version"`
}

// cluster is what `up` has to clean up.
type cluster struct {
	dir            string
	authentication string // AuthenticationConfiguration, or ""
	components     []*component
}

// Why a cluster ends that was asked to end. A caller who sees status 0 has had
// the description of a cluster, so to be stopped early is a failure.
var (
	errStopped      = errors.New("stopped")
	errStoppedEarly = fmt.Errorf("%w before the cluster was ready", errStopped)
)

func runUp(args []string) int {
	flags := flag.NewFlagSet("up", flag.ExitOnError)
	dir := flags.String("dir", "", "directory of the cluster, new or empty; removed at the end (default: a fresh one)")
	keep := flags.Bool("keep", false, "leave the directory in place at the end")
	authentication := flags.String("authentication-config", "", "AuthenticationConfiguration of the API server: the JWT issuers that it trusts")
	_ = flags.Parse(args)
	if flags.NArg() > 0 {
		fmt.Fprint(os.Stderr, usage)
		return 2
	}

	// Parent death signals, of the children as well as our own, belong to a
	// thread. This pins the goroutine that sets them to one that stays.
	runtime.LockOSThread()
	stop, err := stopContext()
	if err != nil {
		return fail(err)
	}
	c := &cluster{}
	// The API server runs in a directory of its own.
	if *authentication != "" {
		if c.authentication, err = filepath.Abs(*authentication); err != nil {
			return fail(err)
		}
	}
	if c.dir, err = makeDir(*dir); err != nil {
		return fail(err)
	}
	err = c.run(stop)
	for _, component := range c.components {
		component.kill()
	}
	if !errors.Is(err, errStopped) {
		for _, component := range c.components {
			component.printTail(os.Stderr)
		}
	}
	if !*keep {
		if err := os.RemoveAll(c.dir); err != nil {
			return fail(err)
		}
	}
	if err != errStopped {
		return fail(err)
	}
	return 0
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "leasehold-cluster:", err)
	return 1
}

// stopContext ends when whoever started us wants no cluster any more: on a
// signal, at the end of stdin, or with the parent's death.
func stopContext() (context.Context, error) {
	ctx, cancel := context.WithCancelCause(context.Background())

	// A reader of our stdout who has gone must not kill us before we have
	// cleaned up: the write then fails instead.
	signal.Ignore(syscall.SIGPIPE)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	go func() {
		<-signals
		cancel(errStopped)
	}()

	parent := os.Getppid()
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGTERM), 0, 0, 0); err != nil {
		return nil, fmt.Errorf("ask for a parent death signal: %w", err)
	}
	if os.Getppid() != parent {
		cancel(errStopped) // it died before the kernel knew that we care
	}

	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel(errStopped)
	}()
	return ctx, nil
}

// makeDir returns a new private directory, or turns path into one. Since it is
// removed at the end, a directory that has something in it is refused.
func makeDir(path string) (string, error) {
	if path == "" {
		path, err := os.MkdirTemp("", "leasehold-cluster-")
		if err != nil {
			return "", err
		}
		return filepath.Abs(path)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(path, 0o700); err == nil || !errors.Is(err, os.ErrExist) {
		return path, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return "", err
	}
	if len(entries) > 0 {
		return "", fmt.Errorf("%s is not empty", path)
	}
	return path, os.Chmod(path, 0o700)
}

// run starts the cluster, prints its description and returns why it ended,
// which is errStopped if it was asked to.
func (c *cluster) run(stop context.Context) error {
	ctx, cancel := context.WithTimeoutCause(stop, startTimeout,
		fmt.Errorf("the cluster was not ready after %s", startTimeout))
	defer cancel()
	info, err := c.start(ctx)
	if err == errStopped {
		return errStoppedEarly
	}
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(info); err != nil {
		return err
	}
	return c.wait(stop, nil)
}

func (c *cluster) start(ctx context.Context) (*clusterInfo, error) {
	port, err := reservePort()
	if err != nil {
		return nil, err
	}
	in := func(name string) string { return filepath.Join(c.dir, name) }
	info := &clusterInfo{
		Server:    "https://127.0.0.1:" + port,
		Dir:       c.dir,
		CA:        in("ca.crt"),
		CAKey:     in("ca.key"),
		AdminCert: in("admin.crt"),
		AdminKey:  in("admin.key"),
		AuditLog:  in("audit.log"),
		Kubectl:   in("bin/kubectl"),
		Version:   kubernetesVersion(),
	}

	// etcd needs none of the files below and can start meanwhile.
	if err := c.add("etcd"); err != nil {
		return nil, err
	}
	if err := writePKI(c.dir); err != nil {
		return nil, err
	}
	if err := os.WriteFile(in("audit-policy.yaml"), []byte(auditPolicy), 0o600); err != nil {
		return nil, err
	}
	if err := linkKubectl(info.Kubectl); err != nil {
		return nil, err
	}
	if info.Kubeconfig, err = writeKubeconfig(c.dir, "admin", info.Server); err != nil {
		return nil, err
	}
	controllerConfig, err := writeKubeconfig(c.dir, "controller-manager", info.Server)
	if err != nil {
		return nil, err
	}
	client, err := newClient(info.Kubeconfig)
	if err != nil {
		return nil, err
	}

	if err := c.add("kube-apiserver", apiServerArgs(port, c.authentication)...); err != nil {
		return nil, err
	}
	if err := c.wait(ctx, get(client, "/readyz")); err != nil {
		return nil, err
	}
	// The controller manager gives up if the API server does not answer within
	// ten seconds; hence only now.
	if err := c.add("kube-controller-manager", controllerManagerArgs(controllerConfig)...); err != nil {
		return nil, err
	}
	if err := c.wait(ctx, get(client, "/api/v1/namespaces/default/serviceaccounts/default")); err != nil {
		return nil, err
	}
	return info, c.wait(ctx, userRolesFilled(client))
}

func (c *cluster) add(name string, args ...string) error {
	component, err := startComponent(c.dir, name, args...)
	if err == nil {
		c.components = append(c.components, component)
	}
	return err
}

// wait returns nil once ready says so, and an error when ctx ends or one of
// the components does. Without a condition it waits for the end.
func (c *cluster) wait(ctx context.Context, ready func(context.Context) bool) error {
	ended := make(chan *component, len(c.components))
	for _, component := range c.components {
		go func() {
			<-component.done
			ended <- component
		}()
	}
	var tick <-chan time.Time
	if ready != nil {
		ticker := time.NewTicker(20 * time.Millisecond)
		defer ticker.Stop()
		tick = ticker.C
	}
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case component := <-ended:
			return fmt.Errorf("%s ended: %v", component.name, component.err)
		case <-tick:
			if ready(ctx) {
				return nil
			}
		}
	}
}

func newClient(kubeconfig string) (*kubernetes.Clientset, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS = -1 // no limit
	config.Timeout = 5 * time.Second
	return kubernetes.NewForConfig(config)
}

// get returns a condition that holds once a GET of path is answered with 200.
func get(client *kubernetes.Clientset, path string) func(context.Context) bool {
	return func(ctx context.Context) bool {
		return client.RESTClient().Get().AbsPath(path).MaxRetries(0).Do(ctx).Error() == nil
	}
}

// userRolesFilled returns a condition that holds once the roles for users have
// rules: they are created empty, and a test that binds one right after the
// start would find it to allow nothing.
func userRolesFilled(client *kubernetes.Clientset) func(context.Context) bool {
	return func(ctx context.Context) bool {
		for _, name := range []string{"admin", "edit", "view"} {
			role, err := client.RbacV1().ClusterRoles().Get(ctx, name, metav1.GetOptions{})
			if err != nil || len(role.Rules) == 0 {
				return false
			}
		}
		return true
	}
}

// linkKubectl makes path a name by which this program is kubectl, alone in its
// directory so that a test can put that in its PATH.
func linkKubectl(path string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.Symlink(self, path)
}
