"""A Kubernetes API server that runs inside the process."""
