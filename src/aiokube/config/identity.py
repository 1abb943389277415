"""Who a Configuration is: all of its credentials, replaced together."""

from aiokube.client.configuration import BEARER_TOKEN, Configuration
from aiokube.client.credentials import CredentialsProvider

__all__ = ["replace_identity"]


def replace_identity(
    configuration: Configuration,
    *,
    authorization: str | None,
    provider: CredentialsProvider | None = None,
    cert_file: str | None = None,
    cert_data: bytes | None = None,
    key_file: str | None = None,
    key_data: bytes | None = None,
) -> None:
    """Drop every credential that a Configuration holds and set these.

    One by one would not do: what is left of another identity would be sent to this one's server.

    Args:
        configuration: what to change.
        authorization: the Authorization header as it is now.
        provider: gives the header when it can change; None means that it cannot.
        cert_file: path of the client certificate.
        cert_data: the client certificate; wins over the file, here and below.
        key_file: path of its key.
        key_data: its key.
    """
    configuration.cert_data = cert_data or None
    configuration.cert_file = None if cert_data else cert_file or None
    configuration.key_data = key_data or None
    configuration.key_file = None if key_data else key_file or None
    configuration.username = configuration.password = configuration.refresh_api_key_hook = None
    configuration.api_key_prefix = {}
    # Compat: programs read the header from here; it is also what is sent when there is no provider.
    configuration.api_key = {} if authorization is None else {BEARER_TOKEN: authorization}
    configuration.credentials = provider
