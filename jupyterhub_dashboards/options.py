"""The options of `configure(c, ...)`, checked one by one before anything is set."""

from dataclasses import dataclass, field, fields

from .errors import ConfigurationError
from .framework_checks import FRAMEWORKS
from .nearest import nearest
from .option_checks import AUDIENCES, CHECKS, CLONE_STRATEGIES, DEFAULT_STRATEGIES


@dataclass(frozen=True)
class Options:
    """See docs/operators/configuration.md for what each of them means."""

    hub_url: str | None = None
    dashboards_origin: str | None = None
    trust_all_authors: bool = False
    database: str | None = None
    audiences: tuple = AUDIENCES
    default_audience: str = "owner"
    frameworks: tuple = FRAMEWORKS
    keep_versions: int = 5
    ready_timeout: int = 60
    request_timeout: int | None = None
    publishers: tuple | None = None
    no_lab: tuple = ()
    publishable_paths: tuple | None = None
    git_hosts: tuple | None = None
    git_token_from_auth_state: str | None = None
    git_token_host: str | None = None
    strategies: tuple = DEFAULT_STRATEGIES
    clone_timeout: int = 600
    snapshot_class: str | None = None
    homes_kept: bool = True
    pin_image: bool = False
    framework_args: dict = field(default_factory=dict)
    framework_env: dict = field(default_factory=dict)
    voila_template: str | None = None
    service_url: str | None = None
    service_port: int | None = None
    service_host: str | None = None
    service_command: tuple | None = None
    runner_service_url: str | None = None
    relay_url: str | None = None

    @property
    def clones(self):
        """Whether volumes are cloned, which takes a Kubernetes API."""
        return any(one in CLONE_STRATEGIES for one in self.strategies)


def checked(given):
    """`Options` from the keyword arguments of `configure`. Raises `ConfigurationError`."""
    known = [field.name for field in fields(Options)]
    for name in given:
        if name not in known:
            meant = nearest(name, known)
            hint = f"Did you mean {meant}?" if meant else f"There are: {', '.join(known)}."
            raise ConfigurationError(f"configure() has no option {name}. {hint}")
    values = {name: value for name, value in given.items() if value is not None}
    for name, check in CHECKS.items():
        if name in values:
            values[name] = check(name, values[name])
    options = Options(**values)
    _check_default_audience(options)
    _check_git_token(options)
    _check_homes(options)
    return options


def _check_default_audience(options):
    # The owner may always look.
    offered = {"owner", *options.audiences}
    if options.default_audience not in offered:
        raise ConfigurationError(
            f"default_audience is {options.default_audience!r}, which audiences does not allow;"
            f" add it to audiences, or leave default_audience out: only the owner may look."
        )


def _check_git_token(options):
    if (options.git_token_from_auth_state is None) == (options.git_token_host is None):
        return
    given, missing = "git_token_from_auth_state", "git_token_host"
    if options.git_token_from_auth_state is None:
        given, missing = missing, given
    raise ConfigurationError(
        f"{given} needs {missing}: a token is shown to one host alone, as in"
        ' git_token_from_auth_state="access_token", git_token_host="gitlab.example.org".'
    )


def _check_homes(options):
    if not options.homes_kept and "git" not in options.strategies:
        raise ConfigurationError(
            "homes_kept=False leaves only Git repositories to be published, which strategies does not allow;"
            ' add "git" to strategies, or give users homes that are kept.'
        )


def additions(options):
    """What is added to command lines and environments, by framework, as the service takes it."""
    args = {**options.framework_args}
    if options.voila_template:
        args["voila"] = [*args.get("voila", ()), f"--template={options.voila_template}"]
    return {
        framework: {"args": list(args.get(framework, ())), "env": options.framework_env.get(framework, {})}
        for framework in FRAMEWORKS
        if framework in args or framework in options.framework_env
    }
