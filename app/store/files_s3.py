"""Files in an S3-compatible bucket: the content of a hash is the object of that name.

An object appears whole or not at all, so what is uploaded needs no name of its own first: it is written to a temporary file
while its hash is counted, then put under the hash in one request, or in parts that become one object at their end.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import IO, Any, cast

import boto3  # type: ignore[import-untyped]
from boto3.s3.transfer import TransferConfig  # type: ignore[import-untyped]
from botocore.client import Config  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from app.setting_values import Bucket
from app.store.files import CHUNK, KeptFile, MissingFileError, StoredFile, StoreUnavailableError, checked, copy_hashed

_SWEPT = "swept/"
_IN_MEMORY = 1024 * 1024
_GONE = ("404", "NoSuchKey", "NotFound")
_IN_PARTS = TransferConfig(
    multipart_threshold=32 * 1024 * 1024, multipart_chunksize=16 * 1024 * 1024, use_threads=False
)
_CONFIG = Config(
    connect_timeout=5,
    read_timeout=60,
    retries={"max_attempts": 3, "mode": "standard"},
    s3={"addressing_style": "path"},
    # Servers other than Amazon's do not all know the newer checksums.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class BucketFiles:
    """A bucket, which must be there and belong to this installation alone."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket.bucket
        # A session of its own: boto3's default session is shared and its making is not safe between threads.
        self._client: Any = boto3.session.Session().client(
            "s3",
            endpoint_url=bucket.endpoint,
            aws_access_key_id=bucket.key,
            aws_secret_access_key=bucket.secret,
            region_name=bucket.region,
            config=_CONFIG,
        )

    def put(self, stream: IO[bytes], limit: int | None = None) -> StoredFile:
        with tempfile.TemporaryFile() as file:
            stored = copy_hashed(stream, file, limit)
            file.seek(0)
            with _told():
                self._client.upload_fileobj(file, self._bucket, _key(stored.sha256), Config=_IN_PARTS)
        return stored

    def open(self, sha256: str) -> IO[bytes]:
        """A copy on disk that goes when it is closed: whoever reads may go back and forth in it, as in a local file."""
        body = self._found("get_object", sha256)["Body"]
        copy = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - the caller's
        try:
            with _told(), closing(body):
                shutil.copyfileobj(body, copy, CHUNK)
        except BaseException:
            copy.close()
            raise
        copy.seek(0)
        return copy

    def size(self, sha256: str) -> int:
        return int(self._found("head_object", sha256)["ContentLength"])

    def listed(self) -> Iterator[KeptFile]:
        last = None  # keys come in order; some servers name one twice while it is written
        with _told():
            for part in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
                for one in part.get("Contents", ()):
                    name = one["Key"].rpartition("/")[2]
                    whole = one["Key"].removeprefix(_SWEPT) == f"{name[:2]}/{name}" and len(name) == 64
                    if whole and one["Key"] != last:
                        last = one["Key"]
                        yield KeptFile(name, one["Size"], one["LastModified"].astimezone(UTC))

    def remove(self, sha256: str, put_before: datetime) -> bool:
        """A bucket cannot remove an object on condition that nobody has just put it again, so it is first set aside, and
        removed for good when it is swept a second time; what is asked for meanwhile comes back by itself."""
        return self._set_aside(sha256, put_before) or self._remove_for_good(sha256, put_before)

    def clear_abandoned(self, put_before: datetime) -> int:
        """Uploads in parts that were never ended; servers that do not list them keep none."""
        cleared = 0
        try:
            found = self._client.list_multipart_uploads(Bucket=self._bucket)
        except (ClientError, BotoCoreError):
            return 0
        with _told():
            for one in found.get("Uploads", ()):
                if one["Initiated"] < put_before:
                    self._client.abort_multipart_upload(Bucket=self._bucket, Key=one["Key"], UploadId=one["UploadId"])
                    cleared += 1
        return cleared

    def _found(self, operation: str, sha256: str) -> Any:
        """A get or head of the content, which comes back from where it was set aside when it must."""
        ask = getattr(self._client, operation)
        try:
            with _told(sha256):
                return ask(Bucket=self._bucket, Key=_key(sha256))
        except MissingFileError:
            with _told(sha256):
                self._copy(_SWEPT + _key(sha256), _key(sha256))
                return ask(Bucket=self._bucket, Key=_key(sha256))

    def _set_aside(self, sha256: str, put_before: datetime) -> bool:
        try:
            with _told(sha256):
                found = self._client.head_object(Bucket=self._bucket, Key=_key(sha256))
                if found["LastModified"] >= put_before:
                    return False
                self._copy(_key(sha256), _SWEPT + _key(sha256))
                self._client.delete_object(Bucket=self._bucket, Key=_key(sha256))
        except MissingFileError:
            return False
        return True

    def _remove_for_good(self, sha256: str, put_before: datetime) -> bool:
        aside = _SWEPT + _key(sha256)
        try:
            with _told(sha256):
                if self._client.head_object(Bucket=self._bucket, Key=aside)["LastModified"] >= put_before:
                    return False
                self._client.delete_object(Bucket=self._bucket, Key=aside)
        except MissingFileError:
            return False
        return True

    def _copy(self, source: str, target: str) -> None:
        self._client.copy_object(Bucket=self._bucket, Key=target, CopySource={"Bucket": self._bucket, "Key": source})


def _key(sha256: str) -> str:
    return f"{checked(sha256)[:2]}/{sha256}"


@contextmanager
def _told(sha256: str = "") -> Iterator[None]:
    """The client's errors as ours."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _GONE and sha256:
            raise MissingFileError(sha256) from error
        raise StoreUnavailableError(str(error)) from error
    except BotoCoreError as error:
        raise StoreUnavailableError(str(error)) from error
