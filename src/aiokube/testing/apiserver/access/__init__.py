"""Who may do what: users and their credentials, and the rights that roles or a function give them.

Functions and values, apart from the key that signs tokens; objects are seen through `Objects` alone. What comes
first, for each request: `request_info` says what it is about, `Authenticator` who makes it, `impersonated` as
whom, and `require` whether they may. `reviews` and `token_requests` answer the kinds that ask about all this.
"""

from .authentication import Authenticator
from .authorization import Authorization, Authorizer, Decision, Verdict, authorizer, forbidden, require
from .default_policy import default_policy
from .escalation import confirm
from .identity import ANONYMOUS, UserInfo
from .impersonation import impersonated, impersonated_by_headers
from .kept_policy import KeptPolicy
from .objects import Objects
from .rbac import RESOURCES, Policy
from .request_info import Attributes, RequestInfo, attributes, request_info
from .security import Security
from .service_account_tokens import ISSUER, ServiceAccountTokens
from .tls import server_context
from .token_requests import answer_token_request, defaulted_token_request

__all__ = [
    "ANONYMOUS",
    "ISSUER",
    "RESOURCES",
    "Attributes",
    "Authenticator",
    "Authorization",
    "Authorizer",
    "Decision",
    "KeptPolicy",
    "Objects",
    "Policy",
    "RequestInfo",
    "Security",
    "ServiceAccountTokens",
    "UserInfo",
    "Verdict",
    "answer_token_request",
    "attributes",
    "authorizer",
    "confirm",
    "default_policy",
    "defaulted_token_request",
    "forbidden",
    "impersonated",
    "impersonated_by_headers",
    "request_info",
    "require",
    "server_context",
]
