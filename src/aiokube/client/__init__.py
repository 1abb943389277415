"""Bytes on the wire: Configuration, ApiClient, the one module that opens a session (`rest`), and all errors."""
