"""What is served, in documents: groups, versions and resources, their schemas, and the server's own version.

Of the built-in kinds they are as a real kube-apiserver wrote them; those of custom kinds are put in between.
"""

from .documents import CustomDocuments, Documents

__all__ = ["CustomDocuments", "Documents"]
