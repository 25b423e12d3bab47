"""What keeps a publish from being told about to its end."""


class CannotPublish(Exception):
    """One plain sentence, and in `fix` what to do next. `code` is for programs."""

    def __init__(self, message, fix="", code="cannot_publish"):
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.code = code


class Refused(CannotPublish):
    """The service said no, in its own words."""


class NoAnswer(CannotPublish):
    """Nothing that could be read came back: to ask once more may help."""

    def __init__(self, message, fix="", code="no_answer"):
        super().__init__(message, fix, code)
