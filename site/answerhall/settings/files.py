"""Where uploaded files lie, read from one address."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

FOLDER = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
SHAPE = "s3://KEY:SECRET@HOST/BUCKET/FOLDER?region=REGION"
KNOWN = {"region", "tls"}


def storage_at(address: str) -> dict[str, Any]:
    """Django's STORAGES entry for ANSWERHALL_MEDIA_URL; the local folder for "".

    Without a host the bucket is Amazon's; without a key boto3 looks for its own
    (the machine's role, AWS_… variables). `tls=0` is for a store on the same machine.
    """
    if not address:
        return FOLDER
    parts = urlsplit(address)
    wishes = parse_qs(parts.query, keep_blank_values=True)
    bucket, _slash, folder = parts.path.strip("/").partition("/")
    has_half_a_key = (parts.username is None) != (parts.password is None)
    if parts.scheme != "s3" or not bucket or has_half_a_key or wishes.keys() - KNOWN:
        # Without the address: it holds a secret, and this ends up in logs.
        raise ImproperlyConfigured(f"ANSWERHALL_MEDIA_URL is not like {SHAPE}")
    options = {"bucket_name": bucket, "location": unquote(folder)}
    if parts.username and parts.password:
        options["access_key"] = unquote(parts.username)
        options["secret_key"] = unquote(parts.password)
    if "region" in wishes:
        options["region_name"] = wishes["region"][0]
    if parts.hostname:
        scheme = "http" if wishes.get("tls") == ["0"] else "https"
        host = parts.netloc.rpartition("@")[2]
        options["endpoint_url"] = f"{scheme}://{host}"
        # Most stores know their buckets by path, not by a host name each.
        options["addressing_style"] = "path"
    return {"BACKEND": "common.s3.S3Files", "OPTIONS": options}
