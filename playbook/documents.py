"""YAML files read strictly: no key twice, a shape that is declared, and errors that name file, line and key."""

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from playbook.errors import InputError, did_you_mean

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Document(BaseModel):
    """The shape of a file under params/: frozen, and without room for a key that nothing reads."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


Shape = TypeVar("Shape", bound=Document)


def read_document(path: Path, shape: type[Shape]) -> Shape:
    """The file at `path` as a `shape`; InputError names file, line, key and what is allowed there."""
    return checked(read_yaml(path), shape, str(path), key_lines(path))


def checked(content: Any, shape: type[Shape], place: str, lines: dict[str, int] | None = None) -> Shape:
    """`content` as a `shape`; `place` and, where known, the line begin the text of each error."""
    if not isinstance(content, dict):
        raise InputError(f"{place}: expected keys and values ({', '.join(shape.model_fields)}), found {content!r:.60}")
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        sentences = [_sentence(each, shape, place, lines or {}) for each in error.errors()]
        raise InputError("\n".join(dict.fromkeys(sentences))) from None


def _sentence(error: Any, shape: type[Document], place: str, lines: dict[str, int]) -> str:
    path = [str(part) for part in error["loc"]]
    key = ".".join(path)
    line = next((lines[".".join(path[:n])] for n in range(len(path), 0, -1) if ".".join(path[:n]) in lines), None)
    where = f"{place}:{line}" if line else place
    if error["type"] == "extra_forbidden":
        return f"{where}: unknown key {key!r}{did_you_mean(path[-1], _known_keys(shape, path))}"
    if error["type"] == "missing":
        return f"{where}: the key {key!r} is missing"
    return f"{where}: {key}: {error['msg'].removeprefix('Value error, ')} (found {error['input']!r:.80})"


def _known_keys(shape: type[Document], path: list[str]) -> list[str]:
    """The keys that the model holding the last part of `path` has."""
    for part in path[:-1]:
        field = shape.model_fields.get(part)
        inner = _models_in(field.annotation if field else None)
        shape = inner[0] if inner else shape
    return list(shape.model_fields)


def _models_in(annotation: Any) -> list[type[Document]]:
    if isinstance(annotation, type) and issubclass(annotation, Document):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]


def read_yaml(path: Path) -> Any:
    """What a YAML file holds; InputError where it is missing, not UTF-8, malformed, or says a key twice."""
    return yaml_of(_text(path), str(path))


def yaml_of(text: str, place: str) -> Any:
    """What a YAML text holds; InputError as for a file, each beginning with `place`."""
    try:
        root = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise InputError(f"{place}:{line}: not readable as YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise InputError(f"{place}: not readable as YAML: {' '.join(str(error).split())}") from None
    try:
        _refuse_twice(root, place)
        return yaml.load(text, Loader=Loader)
    except RecursionError:
        raise InputError(f"{place}: a part of the file contains itself") from None
    except (yaml.YAMLError, ValueError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{place}: a value cannot be read: {error}") from None


def key_lines(path: Path) -> dict[str, int]:
    """The line of each dotted key of a YAML file that `read_yaml` accepts."""
    return lines_of(_text(path))


def lines_of(text: str) -> dict[str, int]:
    """The line of each dotted key of a YAML text that `yaml_of` accepts."""
    found: dict[str, int] = {}

    def visit(node: Any, prefix: str) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                found[prefix + key.value] = key.start_mark.line + 1
                visit(value, f"{prefix}{key.value}.")
        elif isinstance(node, yaml.SequenceNode):
            for position, item in enumerate(node.value):
                found[f"{prefix}{position}"] = item.start_mark.line + 1
                visit(item, f"{prefix}{position}.")

    visit(yaml.compose(text, Loader=Loader), "")
    return found


def named_file(folder: Path, name: str, what: str) -> Path:
    """The file of that name in a folder of params/, or a path to one anywhere; InputError offers the nearest name."""
    if name.endswith((".yaml", ".yml")):
        if _is_file(Path(name)):
            return Path(name)
        raise InputError(f"there is no {what} file {name!r:.200}")
    path = folder / f"{name}.yaml"
    if not _is_file(path):
        raise InputError(f"unknown {what} {name!r}{did_you_mean(name, [each.stem for each in folder.glob('*.yaml')])}")
    return path


@cache
def params_folder() -> Path:
    """The params/ folder that belongs to this installation."""
    return Path(__file__).resolve().parent.parent / "params"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than a file's can be
        return False


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: the file is not UTF-8 text") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def _refuse_twice(node: Any, place: str) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise InputError(f"{place}:{line}: a key must be a single word")
            if key.value in seen:
                raise InputError(f"{place}:{line}: the key {key.value!r} stands already on line {seen[key.value]}")
            seen[key.value] = line
            _refuse_twice(value, place)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_twice(item, place)
