"""`make docs`: writes docs/reference/settings.md from the settings' own models; --check only compares.

python tools/settings_docs.py [--check]
"""

import argparse
import ast
import inspect
import json
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_args

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from generated_page import REPOSITORY, cell, write_or_check

PAGE = REPOSITORY / "docs" / "reference" / "settings.md"
PACKAGE = REPOSITORY / "include" / "orderflow"
HEAD = """# Settings

Written by `make docs` from `include/orderflow/settings.py`. Do not edit.

Settings are JSON in the Airflow Variable `orderflow`, such as `{"limits": {"max_mapped": 16}}`. Every key is optional.
Invalid settings are refused, and the error lists all mistakes. `AIRFLOW_VAR_ORDERFLOW` in the environment takes
precedence over a Variable that was set in Airflow.
"""
ENVIRONMENT = """## Environment

Set them for every part of Airflow. They are read when a DAG file is parsed or a process starts, where no Variable may
be read.

| variable | default | meaning |
|---|---|---|
"""


_READERS = {"os.environ.get", "number_of"}
"""Functions that read an environment variable, given its name and default."""


class Variable(NamedTuple):
    """An environment variable that the package reads."""

    name: str
    default: str
    meaning: str


def page() -> str:
    """Return the whole page, with the defaults that apply if no environment variable is set."""
    for name in [name for name in os.environ if name.startswith("ORDERFLOW_")]:
        del os.environ[name]
    from orderflow.settings import Settings  # noqa: PLC0415 - reads the environment when imported

    sections = "\n".join(_section(Settings, ""))
    rows = (f"| `{v.name}` | {f'`{v.default}`' if v.default else 'none'} | {cell(v.meaning)} |" for v in variables())
    return "\n".join([HEAD, sections, ENVIRONMENT + "\n".join(rows)]) + "\n"


def _section(model: type[BaseModel], path: str) -> Iterator[str]:
    """Yield the table of one model, then those of its nested models."""
    inner: list[tuple[str, type[BaseModel]]] = []
    yield f"## {f'`{path}`' if path else 'Top level'}\n"
    yield f"{(model.__doc__ or '').strip()}\n"
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    for name, field in model.model_fields.items():
        meaning = _meaning(model, name)
        full = f"{path}.{name}" if path else name
        if found := _model_in(field.annotation):
            where = f"{full}{_step(field)}"
            inner.append((where, found))
            yield f"| `{full}` | see [`{where}`](#{_anchor(where)}) | | {cell(meaning or _first_line(found))} |"
        elif meaning is None:
            raise SystemExit(f"{model.__name__}.{name} needs a text below it that says what it is")
        else:
            yield f"| `{full}` | {_kind(field)} | {_default(field)} | {cell(meaning)} |"
    yield ""
    for where, found in inner:
        yield from _section(found, where)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the settings model that a field is or contains."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _step(field: FieldInfo) -> str:
    """Return what comes between a field's name and its keys: nothing, a key, or a list index."""
    schema = _adapter(field.annotation).json_schema()
    if "additionalProperties" in schema and schema.get("type") == "object" and "properties" not in schema:
        return ".<id>"
    return "[]" if schema.get("type") == "array" else ""


def _kind(field: FieldInfo) -> str:
    """Describe in words which values a field accepts."""
    return cell(_words(_adapter(_with_metadata(field)).json_schema()))


def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)


def _with_metadata(field: FieldInfo) -> Any:
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def _words(schema: dict[str, Any]) -> str:
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{json.dumps(value)}`" for value in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return _either(schema["anyOf"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of: {_words(schema.get('items', {}))}"
    if kind == "object":
        return f"object; each value: {_words(_values(schema))}"
    names = {"integer": "whole number", "boolean": "`true` or `false`", "string": "text", "null": "`null`"}
    return f"{names.get(kind, kind)}{_bounds(schema)}"


def _values(schema: dict[str, Any]) -> dict[str, Any]:
    patterns: dict[str, dict[str, Any]] = schema.get("patternProperties", {})
    values: dict[str, Any] = next(iter(patterns.values()), schema.get("additionalProperties", {}))
    return values


def _either(choices: list[dict[str, Any]]) -> str:
    """Join alternatives, leaving out that a decimal number may also be given as text."""
    number = any(choice.get("type") == "number" for choice in choices)
    kept = [choice for choice in choices if not (number and choice.get("type") == "string")]
    return " or ".join(_words(choice) for choice in kept)


def _bounds(schema: dict[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    said = []
    if least is not None and most is not None:
        said.append(f"{least:.15g} to {most:.15g}")
    elif least is not None:
        said.append(f"{least:.15g} or more")
    elif most is not None:
        said.append(f"at most {most:.15g}")
    if (above := schema.get("exclusiveMinimum")) is not None:
        said.append(f"above {above:.15g}")
    if pattern := schema.get("pattern"):
        said.append(f"matching `{pattern}`")
    if "format" in schema and schema["type"] == "string":
        said.append(schema["format"])
    return f", {', '.join(said)}" if said else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = _adapter(field.annotation).dump_python(field.get_default(call_default_factory=True), mode="json")
    if value is None:
        return "none"
    plain = float(value) if isinstance(value, str) and value.replace(".", "", 1).isdigit() else value
    return cell(f"`{json.dumps(plain)}`")


def variables() -> list[Variable]:
    """Return every ORDERFLOW_… that the package reads, with the docstring below its assignment."""
    found = {v.name: v for path in sorted(PACKAGE.rglob("*.py")) for v in _variables(path)}
    return [found[name] for name in sorted(found)]


def _variables(path: Path) -> Iterator[Variable]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    for statement, after in zip(body, [*body[1:], None], strict=False):
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in _READERS:
                name, default, *_ = [ast.literal_eval(argument) for argument in _constants(node)] + ["", ""]
                if name.startswith("ORDERFLOW_"):
                    yield Variable(name, str(default), _text(after, path, name))


def _constants(call: ast.Call) -> list[ast.expr]:
    return [argument for argument in call.args if isinstance(argument, ast.Constant)]


def _text(after: ast.stmt | None, path: Path, name: str) -> str:
    match after:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return text
    raise SystemExit(f"{path.name}: {name} needs a text below it that says what it is")


def _meaning(model: type[BaseModel], field: str) -> str | None:
    """Return a field's docstring from the class that declares it."""
    found = (
        _texts(Path(inspect.getfile(class_))).get((class_.__name__, field))
        for class_ in model.__mro__
        if issubclass(class_, BaseModel)
    )
    return next(filter(None, found), None)


@cache
def _texts(path: Path) -> dict[tuple[str, str], str]:
    """Return the docstring of each field of each class in a file."""
    found = {}
    for class_ in [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)]:
        for field, after in zip(class_.body, class_.body[1:], strict=False):
            match field, after:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[class_.name, name] = text
    return found


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]


def _anchor(path: str) -> str:
    return "".join(sign for sign in path.lower() if sign.isalnum() or sign in "_-")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    sys.exit(write_or_check(PAGE, page(), check=parser.parse_args().check))
