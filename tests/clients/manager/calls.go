package main

import (
	"context"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// So many calls by so many threads.
func calls(reader client.Client, count, parallel int) answer {
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
				err := reader.List(context.Background(), &corev1.ConfigMapList{}, client.InNamespace("ci"))
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

// One that knows without discovery, which this account may do but which is no call of a test's.
func newReader(settings *rest.Config) (client.Client, error) {
	mapper := meta.NewDefaultRESTMapper(nil)
	mapper.Add(corev1.SchemeGroupVersion.WithKind("ConfigMap"), meta.RESTScopeNamespace)
	return client.New(settings, client.Options{Scheme: scheme.Scheme, Mapper: mapper})
}
