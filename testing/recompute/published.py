"""How a module holds published vectors against itself, before anything is computed with it."""


class Differs(Exception):
    """A value that is not what it has to be; the text says where, and both."""


def expect(where, computed, published):
    """Stops unless both are the same. Not `assert`: that is left out when Python runs with -O."""
    if computed != published:
        raise Differs(f"{where}: computed {shown(computed)}, expected {shown(published)}")


def refused(where, attempt, *arguments):
    """Stops unless the call raises ValueError, as decoders do with what is not canonical."""
    try:
        attempt(*arguments)
    except ValueError:
        return
    raise Differs(f"{where}: accepted, and has to be refused")


def shown(value):
    text = value.hex() if isinstance(value, (bytes, bytearray)) else repr(value)
    return text if len(text) <= 200 else f"{text[:200]}... ({len(text)} characters)"
