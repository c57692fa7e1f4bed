// A client-go program, steered from stdin (see tests/clients/README.md).
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

var (
	eachNew  = flag.Bool("each-new", false, "make a client of its own for each call, all at once")
	counting = flag.Bool("metrics", false, "say how the plugin ended")
	watching = flag.Bool("watch", false, "tell what an informer would see, until stdin ends")
)

type answer struct {
	OK     int            `json:"ok"`
	Errors []string       `json:"errors"`
	Plugin map[string]int `json:"plugin,omitempty"`
}

func main() {
	flag.Parse()
	configs := []*rest.Config{}
	for _, name := range flag.Args()[1:] {
		config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
			&clientcmd.ClientConfigLoadingRules{ExplicitPath: flag.Arg(0)},
			&clientcmd.ConfigOverrides{CurrentContext: name}).ClientConfig()
		endIf(err)
		config.QPS, config.Burst = -1, 0
		configs = append(configs, config)
	}
	if *counting {
		countPluginRuns()
	}
	lines := bufio.NewScanner(os.Stdin)
	if *watching {
		inform(clientOf(configs[0]))
		for lines.Scan() {
		}
		return
	}
	client := func(call int) kubernetes.Interface { return clientOf(configs[call%len(configs)]) }
	if !*eachNew {
		client = once(configs)
	}
	for lines.Scan() {
		var count, parallel int
		if _, err := fmt.Sscan(lines.Text(), &count, &parallel); err != nil {
			os.Exit(2)
		}
		text, _ := json.Marshal(calls(client, count, parallel))
		fmt.Println(string(text))
	}
}

// The contexts take turns, each with one client.
func once(configs []*rest.Config) func(call int) kubernetes.Interface {
	clients := []kubernetes.Interface{}
	for _, config := range configs {
		clients = append(clients, clientOf(config))
	}
	return func(call int) kubernetes.Interface { return clients[call%len(clients)] }
}

func clientOf(config *rest.Config) kubernetes.Interface {
	client, err := kubernetes.NewForConfig(config)
	endIf(err)
	return client
}

func endIf(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func calls(client func(call int) kubernetes.Interface, count, parallel int) answer {
	said := answer{Errors: []string{}}
	var lock sync.Mutex
	var group sync.WaitGroup
	work := make(chan int, count)
	for i := 0; i < count; i++ {
		work <- i
	}
	close(work)
	for i := 0; i < parallel; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for call := range work {
				_, err := client(call).CoreV1().ConfigMaps("ci").List(context.Background(), metav1.ListOptions{})
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
	if *counting {
		said.Plugin = pluginRuns()
	}
	return said
}
