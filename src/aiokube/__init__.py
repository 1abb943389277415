"""aiokube: the async dynamic Kubernetes client."""
