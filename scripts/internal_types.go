// Prints the types in which kube-apiserver holds what its messages show whole: names, zero values and order of their fields.
package main

import (
	"fmt"
	"reflect"
	"regexp"
	"sort"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	flowcontrolv1 "k8s.io/api/flowcontrol/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	resourcev1 "k8s.io/api/resource/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/kubernetes/pkg/apis/apps"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	"k8s.io/kubernetes/pkg/apis/batch"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/flowcontrol"
	"k8s.io/kubernetes/pkg/apis/networking"
	"k8s.io/kubernetes/pkg/apis/policy"
	"k8s.io/kubernetes/pkg/apis/rbac"
	"k8s.io/kubernetes/pkg/apis/resource"
	"k8s.io/kubernetes/pkg/apis/storage"
)

var external = map[string]reflect.Type{}
var internal = map[string]string{}

func isKube(t reflect.Type) bool {
	return strings.HasPrefix(t.PkgPath(), "k8s.io/kubernetes/pkg/apis/")
}

func collect(t reflect.Type) {
	switch t.Kind() {
	case reflect.Ptr, reflect.Slice, reflect.Map:
		collect(t.Elem())
	case reflect.Struct:
		if _, ok := external[t.Name()]; ok || !strings.HasPrefix(t.PkgPath(), "k8s.io/api/") {
			return
		}
		external[t.Name()] = t
		for i := 0; i < t.NumField(); i++ {
			collect(t.Field(i).Type)
		}
	}
}

func keys(t reflect.Type, into map[string]string) {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		tag := strings.Split(f.Tag.Get("json"), ",")[0]
		if f.Anonymous && tag == "" && f.Type.Kind() == reflect.Struct {
			keys(f.Type, into)
		} else if tag != "-" {
			into[f.Name] = tag
		}
	}
}

func expr(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Ptr:
		return "*" + expr(t.Elem())
	case reflect.Slice:
		return "[]" + expr(t.Elem())
	case reflect.Map:
		return "{}" + expr(t.Elem())
	case reflect.Struct:
		if isKube(t) {
			walk(t)
			return t.Name()
		}
		return "=" // marshals itself as in v1
	case reflect.String:
		return "s"
	case reflect.Bool:
		return "b"
	default:
		return "i"
	}
}

func fields(t reflect.Type, names map[string]string) []string {
	out := []string{}
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			if isKube(f.Type) {
				out = append(out, fields(f.Type, names)...)
			} else if f.Type.Name() == "ObjectMeta" {
				out = append(out, "+metadata")
			} else if f.Type.Name() != "TypeMeta" {
				panic(f.Type.String())
			} else {
				out = append(out, "+type")
			}
			continue
		}
		name := f.Name
		if key, ok := names[f.Name]; ok && key != derived(f.Name) {
			name += "=" + key
		}
		e := expr(f.Type)
		if e == "=" {
			e = "=" + f.Type.Name()
		}
		out = append(out, name+":"+e)
	}
	return out
}

var initials = regexp.MustCompile("^[A-Z]+")

// The key that JSON has for most fields: DNSPolicy is dnsPolicy.
func derived(name string) string {
	run := len(initials.FindString(name))
	if run > 1 && run < len(name) {
		run--
	}
	return strings.ToLower(name[:run]) + name[run:]
}

func walk(t reflect.Type) {
	if _, ok := internal[t.Name()]; ok {
		return
	}
	internal[t.Name()] = ""
	names := map[string]string{}
	if e, ok := external[t.Name()]; ok {
		keys(e, names)
	}
	internal[t.Name()] = strings.Join(fields(t, names), " ")
}

func main() {
	for _, x := range []any{v1.Pod{}, v1.PodTemplateSpec{}, appsv1.Deployment{}, appsv1.StatefulSet{}, appsv1.DaemonSet{}, batchv1.Job{}, batchv1.CronJob{}, v1.PersistentVolume{}, v1.PersistentVolumeClaim{}, v1.Node{}, v1.Service{}, v1.Event{}, v1.ResourceQuota{}, storagev1.StorageClass{}, storagev1.CSINode{}, storagev1.VolumeAttachment{}, networkingv1.IPAddress{}, networkingv1.ServiceCIDR{}, policyv1.PodDisruptionBudget{}, rbacv1.RoleBinding{}, autoscalingv2.HorizontalPodAutoscaler{}, flowcontrolv1.FlowSchema{}, flowcontrolv1.PriorityLevelConfiguration{}, resourcev1.ResourceClaim{}, resourcev1.ResourceClaimTemplate{}, resourcev1.ResourceSlice{}} {
		collect(reflect.TypeOf(x))
	}
	for _, x := range []any{core.PodSpec{}, core.PodTemplateSpec{}, core.PodIP{}, apps.DeploymentStrategy{}, apps.StatefulSetUpdateStrategy{}, apps.DaemonSetUpdateStrategy{}, batch.SuccessPolicy{}, batch.PodFailurePolicy{}, batch.UncountedTerminatedPods{}, core.PersistentVolumeSource{}, core.PersistentVolumeClaimSpec{}, core.Taint{}, core.TopologySelectorTerm{}, core.ObjectReference{}, core.EventSource{}, core.ServicePort{}, core.ScopeSelector{}, core.NodeConfigSource{}, networking.IPAddressSpec{}, networking.ServiceCIDRSpec{}, policy.PodDisruptionBudgetSpec{}, rbac.RoleRef{}, autoscaling.HorizontalPodAutoscalerBehavior{}, storage.CSINodeDriver{}, storage.VolumeAttachmentSpec{}, flowcontrol.FlowSchemaSpec{}, flowcontrol.PriorityLevelConfigurationSpec{}, resource.ResourceClaimTemplateSpec{}, resource.AllocationResult{}, resource.DeviceAttribute{}} {
		walk(reflect.TypeOf(x))
	}
	names := []string{}
	for n := range internal {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		fmt.Println(n, internal[n])
	}
}
