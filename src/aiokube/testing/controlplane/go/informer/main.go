// informer keeps what client-go's dynamic shared informers know of a cluster, and shows it when asked.
//
// It is no program of a control plane: tests run it to see what programs written in Go would see.
//
// Its arguments are a kubeconfig, a namespace and resources, each as "group/version/plural" ("v1/configmaps" for the
// core group). Each line that it reads is what its caches should come to have: a JSON object of objects of uid to
// resourceVersion, by resource. When they have it, or a minute later, it writes a line of JSON with what there is.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	patience = time.Minute
	poll     = 20 * time.Millisecond
	longest  = 16 << 20
)

// Objects are resourceVersions by uid, by resource.
type Objects map[string]map[string]string

// Seen is what there is, and what was noticed of how it came to be.
type Seen struct {
	Objects Objects `json:"objects"`
	Added   int     `json:"added"`
	Updated int     `json:"updated"`
	Deleted int     `json:"deleted"`
	// Reads is how often all objects were read anew, be it by a list or by a watch that begins with them.
	Reads map[string]int `json:"reads"`
}

// reads counts requests for all objects, as they are sent.
type reads struct {
	lock     sync.Mutex
	byPlural map[string]int
}

func (r *reads) wrap(next http.RoundTripper) http.RoundTripper {
	return tripper(func(request *http.Request) (*http.Response, error) {
		query := request.URL.Query()
		if query.Get("watch") != "true" || query.Get("sendInitialEvents") == "true" {
			r.lock.Lock()
			r.byPlural[request.URL.Path[strings.LastIndex(request.URL.Path, "/")+1:]]++
			r.lock.Unlock()
		}
		return next.RoundTrip(request)
	})
}

func (r *reads) copied() map[string]int {
	r.lock.Lock()
	defer r.lock.Unlock()
	copied := map[string]int{}
	for plural, count := range r.byPlural {
		copied[plural] = count
	}
	return copied
}

type tripper func(*http.Request) (*http.Response, error)

func (t tripper) RoundTrip(request *http.Request) (*http.Response, error) { return t(request) }

// events counts what handlers are told.
type events struct {
	lock                    sync.Mutex
	added, updated, deleted int
}

func (e *events) handler() cache.ResourceEventHandler {
	count := func(counter *int) {
		e.lock.Lock()
		*counter++
		e.lock.Unlock()
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { count(&e.added) },
		UpdateFunc: func(any, any) { count(&e.updated) },
		DeleteFunc: func(any) { count(&e.deleted) },
	}
}

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(kubeconfig, namespace string, resources []string) error {
	requested := &reads{byPlural: map[string]int{}}
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.Wrap(requested.wrap)
	factory, err := newFactory(config, namespace)
	if err != nil {
		return err
	}
	told := &events{}
	stores := map[string]cache.Store{}
	for _, resource := range resources {
		informer := factory.ForResource(parsed(resource)).Informer()
		if _, err := informer.AddEventHandler(told.handler()); err != nil {
			return err
		}
		stores[resource] = informer.GetStore()
	}
	stop := make(chan struct{})
	defer close(stop)
	factory.Start(stop)
	factory.WaitForCacheSync(stop)
	return answer(stores, told, requested)
}

func newFactory(config *rest.Config, namespace string) (dynamicinformer.DynamicSharedInformerFactory, error) {
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return dynamicinformer.NewFilteredDynamicSharedInformerFactory(client, 0, namespace, nil), nil
}

func parsed(resource string) schema.GroupVersionResource {
	end := strings.LastIndex(resource, "/")
	groupVersion, _ := schema.ParseGroupVersion(resource[:end])
	return groupVersion.WithResource(resource[end+1:])
}

// answer writes a line for each that it reads, until there are no more.
func answer(stores map[string]cache.Store, told *events, requested *reads) error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, longest)
	for lines.Scan() {
		wanted := Objects{}
		if err := json.Unmarshal(lines.Bytes(), &wanted); err != nil {
			return err
		}
		objects := awaited(stores, wanted)
		told.lock.Lock()
		seen := Seen{objects, told.added, told.updated, told.deleted, requested.copied()}
		told.lock.Unlock()
		if err := json.NewEncoder(os.Stdout).Encode(seen); err != nil {
			return err
		}
	}
	return lines.Err()
}

func awaited(stores map[string]cache.Store, wanted Objects) Objects {
	end := time.Now().Add(patience)
	for {
		objects := stored(stores)
		if reflect.DeepEqual(objects, wanted) || time.Now().After(end) {
			return objects
		}
		time.Sleep(poll)
	}
}

func stored(stores map[string]cache.Store) Objects {
	objects := Objects{}
	for resource, store := range stores {
		objects[resource] = map[string]string{}
		for _, item := range store.List() {
			object := item.(*unstructured.Unstructured)
			objects[resource][string(object.GetUID())] = object.GetResourceVersion()
		}
	}
	return objects
}
