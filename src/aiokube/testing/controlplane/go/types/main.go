// types prints what Go's JSON knows of the types of the API, and what the defaulting of its kinds does, as JSON.
//
// It is no program of a control plane: scripts/snapshot runs it to make the data of aiokube.testing.APIServer.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/install"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/controlplane"
)

// Kind is a kind of the scheme and its Go type.
type Kind struct {
	Group   string `json:"group"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
	Type    string `json:"type"`
}

// Struct is a Go struct as JSON sees it: embedded structs are dissolved.
type Struct struct {
	Go     string  `json:"go"`
	Fields []Field `json:"fields"`
}

// Field is a field of a struct.
type Field struct {
	Name string `json:"name"`
	// Path is how errors name the field: with the Go names of the embedded structs on the way.
	Path string `json:"path"`
	// Omit is when it is not written: "never", "empty" or "zero".
	Omit    string `json:"omit"`
	Pointer bool   `json:"pointer"`
	Type    *Type  `json:"type"`
}

// Type is what a field, an item of a list or a value of a map holds.
type Type struct {
	// Shape is "struct", "list", "map", "string", "boolean", "integer", "number", "bytes" or "special".
	Shape string `json:"shape"`
	Go    string `json:"go"`
	// Ref is the name of a struct or of a special type.
	Ref string `json:"ref,omitempty"`
	// ItemPointer says that the items are held by pointers.
	ItemPointer bool  `json:"itemPointer,omitempty"`
	Item        *Type `json:"item,omitempty"`
}

// Default is a value that defaulting gave to a field that had none.
type Default struct {
	Struct string `json:"struct"`
	Field  string `json:"field"`
	// Seen maps a value, as JSON, or "" for none, to the number of places that got it.
	Seen map[string]int `json:"seen"`
}

var (
	unmarshaler = reflect.TypeFor[json.Unmarshaler]()
	structs     = map[string]*Struct{}
)

func main() {
	scheme := legacyscheme.Scheme
	apiextensions.Install(scheme)
	apiregistration.Install(scheme)

	var kinds []Kind
	seen := map[[2]string]map[string]int{}
	for gvk, t := range scheme.AllKnownTypes() {
		if gvk.Version == runtime.APIVersionInternal {
			continue
		}
		kinds = append(kinds, Kind{gvk.Group, gvk.Version, gvk.Kind, describe(t).Ref})
		if !strings.HasSuffix(gvk.Kind, "List") {
			observeDefaults(scheme, gvk, seen)
		}
	}
	sort.Slice(kinds, func(i, j int) bool { return fmt.Sprint(kinds[i]) < fmt.Sprint(kinds[j]) })

	var defaults []Default
	for place, values := range seen {
		if len(values) > 1 || values[""] == 0 {
			defaults = append(defaults, Default{place[0], place[1], values})
		}
	}
	sort.Slice(defaults, func(i, j int) bool {
		return defaults[i].Struct+" "+defaults[i].Field < defaults[j].Struct+" "+defaults[j].Field
	})

	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(map[string]any{"kinds": kinds, "structs": structs, "defaults": defaults}); err != nil {
		panic(err)
	}
}

// name returns the name of a type's OpenAPI component.
func name(t reflect.Type) string {
	if namer, ok := reflect.Zero(t).Interface().(interface{ OpenAPIModelName() string }); ok {
		return namer.OpenAPIModelName()
	}
	return t.PkgPath() + "." + t.Name()
}

func describe(t reflect.Type) *Type {
	described := &Type{Go: t.String()}
	if reflect.PointerTo(t).Implements(unmarshaler) {
		described.Shape, described.Ref = "special", name(t)
		noteAlternatives(t)
		return described
	}
	switch t.Kind() {
	case reflect.Struct:
		described.Shape, described.Ref = "struct", name(t)
		note(t)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			described.Shape = "bytes"
			break
		}
		described.Shape = "list"
		described.Item, described.ItemPointer = describeTarget(t.Elem())
	case reflect.Map:
		described.Shape = "map"
		described.Item, described.ItemPointer = describeTarget(t.Elem())
	case reflect.String:
		described.Shape = "string"
	case reflect.Bool:
		described.Shape = "boolean"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		// A named integer has the range of its kind.
		described.Shape, described.Ref = "integer", t.Kind().String()
	case reflect.Float32, reflect.Float64:
		described.Shape = "number"
	default:
		panic(fmt.Sprintf("%v: no shape for a %v", t, t.Kind()))
	}
	return described
}

func describeTarget(t reflect.Type) (*Type, bool) {
	if t.Kind() == reflect.Pointer {
		return describe(t.Elem()), true
	}
	return describe(t), false
}

// noteAlternatives notes the structs that a type of CustomResourceDefinitions may stand for.
func noteAlternatives(t reflect.Type) {
	if strings.HasPrefix(t.Name(), "JSONSchemaPropsOr") {
		field, _ := t.FieldByName("Schema")
		describe(field.Type.Elem())
	}
}

func note(t reflect.Type) {
	if structs[name(t)] != nil {
		return
	}
	noted := &Struct{Go: t.String()}
	structs[name(t)] = noted
	noted.Fields = fields(t, "")
}

func fields(t reflect.Type, prefix string) []Field {
	found := []Field{}
	for _, field := range reflect.VisibleFields(t) {
		if len(field.Index) > 1 || !field.IsExported() {
			continue
		}
		key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if key == "-" {
			continue
		}
		if field.Anonymous && key == "" {
			found = append(found, fields(field.Type, prefix+field.Name+".")...)
			continue
		}
		if key == "" {
			key = field.Name
		}
		described, pointer := describeTarget(field.Type)
		found = append(found, Field{key, prefix + key, omit(field.Type, options), pointer, described})
	}
	return found
}

// omit returns when Go's encoder leaves a field out; omitempty means nothing for structs.
func omit(t reflect.Type, options string) string {
	all := strings.Split(options, ",")
	has := func(option string) bool {
		for _, each := range all {
			if each == option {
				return true
			}
		}
		return false
	}
	switch {
	case has("omitzero"):
		return "zero"
	case has("omitempty") && t.Kind() != reflect.Struct:
		return "empty"
	default:
		return "never"
	}
}

// observeDefaults notes what each field without a value gets, in objects filled in different ways.
func observeDefaults(scheme *runtime.Scheme, gvk schema.GroupVersionKind, seen map[[2]string]map[string]int) {
	for _, filling := range []filling{
		{}, {lists: true}, {lists: true, pointers: 1}, {lists: true, pointers: 2}, {lists: true, pointers: all}, {true, all, true},
	} {
		object, err := scheme.New(gvk)
		if err != nil {
			panic(err)
		}
		filling.fill(reflect.ValueOf(object).Elem(), nil)
		before := object.DeepCopyObject()
		if !defaultQuietly(scheme, object) {
			continue
		}
		compare(reflect.ValueOf(before).Elem(), reflect.ValueOf(object).Elem(), seen)
	}
}

// defaultQuietly says whether defaulting worked: some of it does not expect odd strings.
func defaultQuietly(scheme *runtime.Scheme, object runtime.Object) (worked bool) {
	defer func() {
		if problem := recover(); problem != nil {
			fmt.Fprintf(os.Stderr, "defaulting %T: %v\n", object, problem)
		}
	}()
	scheme.Default(object)
	return true
}

// filling says what an object has: lists with one empty item, structs behind so many pointers, odd strings.
type filling struct {
	lists    bool
	pointers int
	strings  bool
}

const all = 100

func (f filling) fill(v reflect.Value, above []reflect.Type) {
	t := v.Type()
	for _, each := range above {
		if each == t {
			return
		}
	}
	switch {
	case t == reflect.TypeFor[resource.Quantity]() || t == reflect.TypeFor[intstr.IntOrString]() ||
		t == reflect.TypeFor[metav1.Time]() || t == reflect.TypeFor[metav1.ObjectMeta]() ||
		t == reflect.TypeFor[metav1.TypeMeta]() || t == reflect.TypeFor[runtime.RawExtension]():
		return
	case t.Kind() == reflect.Struct:
		above = append(above[:len(above):len(above)], t)
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				f.fill(v.Field(i), above)
			}
		}
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct && f.pointers > 0:
		for _, each := range above {
			if each == t.Elem() {
				return
			}
		}
		v.Set(reflect.New(t.Elem()))
		f.pointers--
		f.fill(v.Elem(), above)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && f.lists:
		for _, each := range above {
			if each == t.Elem() {
				return
			}
		}
		v.Set(reflect.MakeSlice(t, 1, 1))
		f.fill(v.Index(0), above)
	case t.Kind() == reflect.String && f.strings && !strings.HasSuffix(t.String(), "Strategy"):
		v.SetString("odd")
	}
}

// compare notes the fields that had no value before and have one after, and those that have none still.
func compare(before, after reflect.Value, seen map[[2]string]map[string]int) {
	switch after.Kind() {
	case reflect.Pointer:
		if before.IsNil() || after.IsNil() {
			return
		}
		compare(before.Elem(), after.Elem(), seen)
	case reflect.Slice:
		for i := range min(before.Len(), after.Len()) {
			compare(before.Index(i), after.Index(i), seen)
		}
	case reflect.Struct:
		if reflect.PointerTo(after.Type()).Implements(unmarshaler) {
			return
		}
		compareFields(before, after, name(after.Type()), seen)
	}
}

func compareFields(before, after reflect.Value, owner string, seen map[[2]string]map[string]int) {
	for i := range after.NumField() {
		field := after.Type().Field(i)
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case !field.IsExported() || key == "-":
		case field.Anonymous && key == "":
			compareFields(before.Field(i), after.Field(i), owner, seen)
		default:
			if before.Field(i).IsZero() {
				place := [2]string{owner, key}
				if seen[place] == nil {
					seen[place] = map[string]int{}
				}
				seen[place][shown(after.Field(i))]++
			}
			compare(before.Field(i), after.Field(i), seen)
		}
	}
}

func shown(v reflect.Value) string {
	if v.IsZero() {
		return ""
	}
	text, err := json.Marshal(v.Interface())
	if err != nil {
		panic(err)
	}
	return string(text)
}
