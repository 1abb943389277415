"""What Go and its libraries make of text, and say of it: kube-apiserver's answers are in these words.

Only what shows in answers is here, and nothing that knows Kubernetes.
"""
