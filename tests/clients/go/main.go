// A client-go program, steered from stdin (see tests/clients/README.md).
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

type answer struct {
	OK     int      `json:"ok"`
	Errors []string `json:"errors"`
}

func call(clients kubernetes.Interface, count, parallel int) answer {
	said := answer{Errors: []string{}}
	var lock sync.Mutex
	var group sync.WaitGroup
	work := make(chan struct{}, count)
	for i := 0; i < count; i++ {
		work <- struct{}{}
	}
	close(work)
	for i := 0; i < parallel; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for range work {
				_, err := clients.CoreV1().ConfigMaps("ci").List(context.Background(), metav1.ListOptions{})
				lock.Lock()
				if err == nil {
					said.OK++
				} else {
					said.Errors = append(said.Errors, err.Error())
				}
				lock.Unlock()
			}
		}()
	}
	group.Wait()
	return said
}

func main() {
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		&clientcmd.ClientConfigLoadingRules{ExplicitPath: os.Args[1]},
		&clientcmd.ConfigOverrides{CurrentContext: os.Args[2]}).ClientConfig()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	config.QPS, config.Burst = -1, 0
	clients, err := kubernetes.NewForConfig(config)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var count, parallel int
		if _, err := fmt.Sscan(lines.Text(), &count, &parallel); err != nil {
			os.Exit(2)
		}
		text, _ := json.Marshal(call(clients, count, parallel))
		fmt.Println(string(text))
	}
}
