"""A CDK app's assembly: its template, and putting its assets where the template looks for them."""

import io
import json
import zipfile
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from .emulator import Emulator
from .settings import ACCOUNT, FROM_ADDRESS, REGION
from .waiting import Failed

BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"
"""The parameter by which a template finds out whether the account is ready for the CDK."""

ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an asset, as the CDK has it: the same content, the same asset."""


@dataclass(frozen=True)
class Assembly:
    """A synthesised stack whose assets are in the emulator."""

    template: dict[str, Any]
    template_url: str


def prepare_account(emulator: Emulator) -> None:
    """Does what comes before the first deployment: `cdk bootstrap`, and the sender's domain verified in SES."""
    emulator.client("ssm").put_parameter(Name=BOOTSTRAP_VERSION, Value="30", Type="String", Overwrite=True)
    domain = parseaddr(FROM_ADDRESS)[1].rpartition("@")[2]
    emulator.client("sesv2").create_email_identity(EmailIdentity=domain)


def upload(emulator: Emulator, directory: Path) -> Assembly:
    """Uploads the assets of the one stack in `directory` to the buckets that it names."""
    manifests = sorted(directory.glob("*.assets.json"))
    if len(manifests) != 1:
        raise Failed(f"{directory} is to hold one stack, and holds {len(manifests)}")
    files: dict[str, Any] = json.loads(manifests[0].read_text())["files"]
    template_file = manifests[0].name.replace(".assets.json", ".template.json")
    template_url = ""
    for asset in files.values():
        source = asset["source"]
        content = _content(directory / source["path"], source["packaging"])
        for destination in asset["destinations"].values():
            bucket, key = _concrete(destination["bucketName"]), _concrete(destination["objectKey"])
            _put(emulator, bucket, key, content)
            if source["path"] == template_file:
                template_url = f"{emulator.url}/{bucket}/{key}"
    template = json.loads((directory / template_file).read_text())
    return Assembly(template, template_url)


def _concrete(text: str) -> str:
    values = {"AWS::Partition": "aws", "AWS::AccountId": ACCOUNT, "AWS::Region": REGION}
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    return text


def _content(path: Path, packaging: str) -> bytes:
    if packaging == "file":
        return path.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted(path.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo(str(file.relative_to(path)), ZIP_TIME)
                entry.external_attr = file.stat().st_mode << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, file.read_bytes())
    return buffer.getvalue()


def _put(emulator: Emulator, bucket: str, key: str, content: bytes) -> None:
    s3 = emulator.client("s3")
    if bucket not in {known["Name"] for known in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=bucket, Key=key, Body=content)
