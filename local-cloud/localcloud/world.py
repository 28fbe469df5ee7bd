"""What stories share: the emulator, the two stacks, the mails, and the way to Pennypost."""

import shutil
from types import TracebackType
from typing import Self

from . import settings
from .assembly import Assembly, prepare_account, upload
from .door import Door
from .emulator import Emulator
from .functions import Functions
from .gateway import Gateway
from .mailbox import Mailbox
from .mails import Mails
from .pennypost import Pennypost
from .processes import Run
from .settings import SERVICES, SUBSCRIPTIONS, TARGET
from .stacks import Stack
from .waiting import expect


class World:
    """From `with World(…)` on everything runs, and nothing does after it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        directory = TARGET / "run"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        self.emulator = Emulator(directory)
        self.mails = Mails()
        self.gateway = Gateway(self.emulator.port)
        self.mailbox = Mailbox(self.mails)
        self.door = Door(self.emulator.port, self.mails)
        self.stacks = {service: Stack(self.emulator, settings.stack_name(service)) for service in SERVICES}
        self._assemblies: dict[str, Assembly] = {}

    def __enter__(self) -> Self:
        for server in (self.gateway, self.mailbox, self.door):
            server.__enter__()
        try:
            self.emulator.start(self.door.url)
            prepare_account(self.emulator)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self.emulator.stop()
        for server in (self.gateway, self.mailbox, self.door):
            server.__exit__(None, None, None)
        # A temporary directory of the emulator's is of no use without it; its log is.
        shutil.rmtree(TARGET / "run" / "tmp", ignore_errors=True)

    # Deploying

    def assembly(self, service: str, name: str | None = None) -> Assembly:
        """What was synthesised under this name, else of `service`, uploaded once."""
        name = name or service
        if name not in self._assemblies:
            self._assemblies[name] = upload(self.emulator, TARGET / "assembly" / name)
        return self._assemblies[name]

    def parameters(self, service: str) -> dict[str, str]:
        """The parameters that the stack of `service` is deployed with."""
        common = {"Stage": settings.STAGE, "LocalCloud": "true"}
        if service == SUBSCRIPTIONS:
            return common | {"PublicUrl": self.gateway.url}
        return common | {
            "FromAddress": settings.FROM_ADDRESS,
            "SettleSeconds": str(settings.SETTLE_SECONDS),
            "ProgressSeconds": str(settings.PROGRESS_SECONDS),
        }

    def deploy(self, service: str, *, version: str | None = None, **changed: str) -> None:
        """Deploys the stack of `service`, with these parameters changed."""
        self.stacks[service].deploy(self.assembly(service, version), self.parameters(service) | changed)
        if service == SUBSCRIPTIONS:
            self.gateway.point_at(self._api())

    def deploy_all(self) -> None:
        """Deploys what is not deployed."""
        for service in SERVICES:
            if self.stacks[service].describe() is None:
                self.deploy(service)

    def delete(self, service: str) -> None:
        """Deletes the stack of `service`; what it retains stays."""
        if service == SUBSCRIPTIONS:
            self.gateway.point_at(None)
        if self.stacks[service].describe() is not None:
            self.stacks[service].delete()

    def _api(self) -> str:
        apis = self.stacks[SUBSCRIPTIONS].resources("AWS::ApiGatewayV2::Api")
        expect(len(apis) == 1, f"the stack has {len(apis)} HTTP APIs")
        return next(iter(apis.values()))

    # Using

    def functions(self, service: str) -> Functions:
        """The functions of a stack."""
        return Functions(self.emulator, self.stacks[service])

    def password(self) -> str:
        """The first password of the admin, as an operator finds it."""
        secret = self.stacks[SUBSCRIPTIONS].outputs()["AdminSecretArn"]
        told = self.emulator.client("secretsmanager").get_secret_value(SecretId=secret)
        return str(told["SecretString"])

    def pennypost(self) -> Pennypost:
        """Pennypost as it is deployed now."""
        return Pennypost(self.gateway.url, self.password(), self.mails)
