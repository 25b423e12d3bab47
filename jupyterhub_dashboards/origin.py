"""What browsers keep apart."""

from urllib.parse import urlsplit


def origin_of(url):
    """`https://host` or `http://host:8000`: what browsers keep apart. Standard ports are left out."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme)) else f":{parts.port}"
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"
